import * as v from "valibot";
import { type Clock, systemClock } from "../../shared/clock.ts";
import type { Limits } from "../../shared/limits.ts";
import { isJsonObject, ownMember } from "../identity/strict-json.ts";
import { type AttachmentSettings, readAttachments } from "./attachment-settings.ts";
import { type CommunitySettings, readCommunity } from "./community-settings.ts";
import type { Config, Deployment } from "./config.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { readDeployment } from "./deployment-settings.ts";
import { readLimits } from "./limit-settings.ts";
import { elementsOf, listOf, type Reading, readPart } from "./reading.ts";
import { exactObject, wholeNumber } from "./schema-parts.ts";
import { checkSharedTrust } from "./shared-trust.ts";
import { checkUnique } from "./unique.ts";

const fileSchema = exactObject({
  siteId: v.optional(wholeNumber(0, Number.MAX_SAFE_INTEGER), 10_000),
  communities: v.optional(listOf("communities", v.unknown()), []),
  deployments: v.optional(listOf("deployments", v.unknown()), []),
  limits: v.optional(v.unknown()),
  attachments: v.optional(v.unknown()),
});

/** Where something stands in a configuration, and what it says. */
export interface Placed<Settings> {
  readonly path: string;
  readonly settings: Settings;
}

/** A configuration before its parts are put together. */
export interface ConfigParts {
  readonly siteId: number;
  readonly communities: readonly Placed<CommunitySettings>[];
  readonly deployments: readonly Placed<Deployment>[];
  readonly limits: Limits;
  readonly attachments: AttachmentSettings;
  readonly warnings: readonly string[];
}

/**
 * The configuration file's content, checked and resolved.
 * @param env where `{ "env": NAME }` looks
 * @param clock decides whether certificates are valid
 * @throws ConfigurationError with every fault
 */
export async function parseConfig(
  json: unknown,
  env: NodeJS.ProcessEnv,
  clock: Clock = systemClock,
): Promise<Config> {
  return toConfig(await parseParts(json, env, clock));
}

/** @throws ConfigurationError with every fault */
export async function parseParts(json: unknown, env: NodeJS.ProcessEnv, clock: Clock): Promise<ConfigParts> {
  const reading: Reading = { faults: [], warnings: [], env, nowMs: clock.now() };
  const file = readPart(reading, fileSchema, json, "");
  const communities = [];
  for (const [index, value] of elementsOf(json, "communities").entries()) {
    const path = `communities[${index}]`;
    const settings = await readCommunity(reading, value, path);
    if (settings) communities.push({ path, settings });
  }
  checkUnique(reading, elementsOf(json, "communities"), "id", "communities");
  checkSharedTrust(reading, communities);
  const deployments = readDeployments(reading, json);
  const limits = readLimits(reading, isJsonObject(json) ? ownMember(json, "limits") : undefined);
  const attachments = readAttachments(
    reading,
    isJsonObject(json) ? ownMember(json, "attachments") : undefined,
  );
  if (!file || reading.faults.length > 0) throw new ConfigurationError(reading.faults);
  return { siteId: file.siteId, communities, deployments, limits, attachments, warnings: reading.warnings };
}

export const toConfig = ({ siteId, communities, deployments, limits, warnings }: ConfigParts): Config => ({
  siteId,
  communities: new Map(communities.map(({ settings: { community } }) => [community.id, community])),
  deployments: new Map(deployments.map(({ settings }) => [settings.id, settings])),
  limits,
  warnings,
});

export const unknownCommunity = "there is no community of this id";

function readDeployments(reading: Reading, json: unknown): readonly Placed<Deployment>[] {
  const values = elementsOf(json, "deployments");
  const communityIds = new Set(elementsOf(json, "communities").map((community) => textOf(community, "id")));
  const deployments = values.flatMap((value, index) => {
    const path = `deployments[${index}]`;
    const community = textOf(value, "community");
    if (community !== undefined && !communityIds.has(community))
      reading.faults.push({ path: `${path}.community`, message: unknownCommunity });
    const settings = readDeployment(reading, value, path);
    return settings ? [{ path, settings }] : [];
  });
  checkUnique(reading, values, "id", "deployments");
  return deployments;
}

function textOf(value: unknown, name: string): string | undefined {
  const member = isJsonObject(value) ? ownMember(value, name) : undefined;
  return typeof member === "string" ? member : undefined;
}
