/** Any script of the host page can reach the port's other end: what comes from there is read like a request. */

import type { ErrorCode } from "../../shared/problems.ts";
import type { Appearance } from "../../shared/protocol.ts";
import type { IdentityToken } from "../auth/auth-provider.ts";
import type { AssertedIdentity, BridgeError, HostMessage, HostSettings } from "./messages.ts";

type Fields = Readonly<Record<string, unknown>>;

/** @returns null where a member is missing or of another type; unknown members are left out */
export function parseHostMessage(value: unknown): HostMessage | null {
  const fields = readFields(value);
  switch (fields.t) {
    case "start": {
      const settings = readSettings(fields.settings);
      const identity = readIdentity(fields.identity);
      const { request, open, canSignIn } = fields;
      return settings && identity !== undefined && isCount(request) && isFlag(open) && isFlag(canSignIn)
        ? { t: "start", settings, identity, request, open, canSignIn }
        : null;
    }
    case "login": {
      const identity = readIdentity(fields.identity);
      return identity && isCount(fields.request) ? { t: "login", identity, request: fields.request } : null;
    }
    case "logout":
      return isFlag(fields.everywhere) && isCount(fields.request)
        ? { t: "logout", everywhere: fields.everywhere, request: fields.request }
        : null;
    case "panel":
      return isFlag(fields.open) ? { t: "panel", open: fields.open } : null;
    case "settings": {
      const settings = readSettings(fields.settings);
      return settings && { t: "settings", settings };
    }
    case "canSignIn":
      return isFlag(fields.canSignIn) ? { t: "canSignIn", canSignIn: fields.canSignIn } : null;
    case "token": {
      const identity = readIdentity(fields.identity);
      const error = readError(fields.error);
      return identity !== undefined && isCount(fields.ask)
        ? { t: "token", ask: fields.ask, identity, ...(error && { error }) }
        : null;
    }
    default:
      return null;
  }
}

const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
const isText = (value: unknown): value is string => typeof value === "string";
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);

const readFields = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? { ...value } : {};

/** @returns undefined where the value is no assertion at all */
function readIdentity(value: unknown): AssertedIdentity | undefined {
  if (value === null) return null;
  const { contactJwt, platformJwt } = readFields(value);
  if (isText(contactJwt) === isText(platformJwt)) return undefined;
  return (isText(contactJwt) ? { contactJwt } : { platformJwt }) as IdentityToken;
}

/** Wrong looks and texts are left out rather than refused: they endanger nothing, and the rest is worth showing. */
function readSettings(value: unknown): HostSettings | null {
  const { appearance, strings } = readFields(value);
  if (typeof appearance !== "object" || typeof strings !== "object") return null;
  return { appearance: readAppearance(readFields(appearance)), strings: readStrings(strings) };
}

function readAppearance({ title, accent, position, theme, locale }: Fields): Partial<Appearance> {
  return {
    ...(isText(title) && { title }),
    ...(isText(accent) && /^#[\da-f]{6}$/i.test(accent) && { accent }),
    ...((position === "left" || position === "right") && { position }),
    ...((theme === "auto" || theme === "light" || theme === "dark") && { theme }),
    ...(isText(locale) && { locale }),
  };
}

const readStrings = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(readFields(value)).filter((entry): entry is [string, string] => isText(entry[1])),
  );

function readError(value: unknown): BridgeError | null {
  const { code, message, retryable } = readFields(value);
  return isText(code) && isText(message) && isFlag(retryable)
    ? { code: code as ErrorCode, message, retryable }
    : null;
}
