import * as v from "valibot";
import { parseOriginPattern } from "../../shared/origins.ts";
import type { Appearance } from "../../shared/protocol.ts";
import type { Deployment } from "./config.ts";
import { listOf, type Reading, readPart } from "./reading.ts";
import { exactObject, line, slug } from "./schema-parts.ts";

export const defaultAppearance: Appearance = {
  title: "Messenger",
  accent: "#0b5fff",
  position: "right",
  theme: "auto",
  locale: "auto",
};

const appearanceSchema = exactObject({
  title: v.optional(line(1, 80), defaultAppearance.title),
  accent: v.optional(
    v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i, "must be a colour such as #0b5fff")),
    defaultAppearance.accent,
  ),
  position: v.optional(v.picklist(["left", "right"]), defaultAppearance.position),
  theme: v.optional(v.picklist(["auto", "light", "dark"]), defaultAppearance.theme),
  locale: v.optional(
    v.pipe(v.string(), v.check(isLocale, "must be auto or a language tag such as de-AT")),
    defaultAppearance.locale,
  ),
});

const originPattern = v.pipe(
  v.string(),
  v.check(
    (text) => parseOriginPattern(text) !== null,
    "must be an origin: https://www.acme.example, https://*.acme.example, http://localhost:*",
  ),
);

const deploymentSchema = exactObject({
  id: slug,
  community: v.string(),
  name: v.optional(line(1, 200)),
  active: v.optional(v.boolean(), true),
  allowedOrigins: v.optional(listOf("allowedOrigins", originPattern), []),
  appearance: v.optional(appearanceSchema, {}),
});

export function readDeployment(reading: Reading, value: unknown, path: string): Deployment | null {
  const settings = readPart(reading, deploymentSchema, value, path);
  if (!settings) return null;
  const { community, name = settings.id, ...rest } = settings;
  return { ...rest, name, communityId: community };
}

function isLocale(text: string): boolean {
  if (text === "auto") return true;
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}
