import { isJsonObject, type JsonObject, ownMember } from "../strict-json.ts";

/** What can be made of any text, for a report: the gate never believes a word of it. */
export interface LenientReading {
  /** The text as a compact serialization; null where it can't be made one. */
  readonly text: string | null;
  readonly header: JsonObject | null;
  readonly payload: JsonObject | null;
  /** What was done to the text, in order, as phrases. */
  readonly repairs: readonly string[];
}

/** Longer texts are not looked into. */
const maxCharacters = 64 * 1024;

const compactForm = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}$/;

const toBase64url = (text: string): string =>
  text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

type Repair = readonly [phrase: string, apply: (text: string) => string];

/** From the outside to the inside, as the wrappings lie around each other. */
const repairs: readonly Repair[] = [
  ["took off the white space around it", (text) => text.trim()],
  ["decoded it from URL encoding", decodeUrl],
  ["took off “Bearer”", (text) => text.replace(/^(authorization:\s*)?(bearer|jwt|token)[\s+]+/i, "")],
  ["took off the quotation marks", (text) => text.replace(/^(["'`])(.*)\1$/s, "$2")],
  ["read the JSON serialization as a compact one", fromJson],
  ["took out the white space in it", (text) => text.replace(/\s/g, "")],
  ["turned base64 into base64url", toBase64url],
];

export function readLeniently(token: string): LenientReading {
  if (token.length > maxCharacters) return { text: null, header: null, payload: null, repairs: [] };
  let text = token;
  const done: string[] = [];
  for (const [phrase, apply] of repairs) {
    const repaired = apply(text);
    if (repaired !== text) done.push(phrase);
    text = repaired;
  }
  const [header, payload] = text.split(".");
  const readable = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*){1,4}$/.test(text);
  return {
    text: compactForm.test(text) ? text : null,
    header: readable ? readObject(header) : null,
    // Of an encrypted token the second part is a wrapped key.
    payload: readable && text.split(".").length < 5 ? readObject(payload) : null,
    repairs: readable ? done : [],
  };
}

function readObject(part: string | undefined): JsonObject | null {
  const text = Buffer.from(part ?? "", "base64url").toString("utf8");
  return parseObject(text.trim());
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** RFC 7515, section 7.2; or an object that holds the token as one of its members. */
function fromJson(text: string): string {
  const value = parseObject(text);
  if (!value) return text;
  const { signatures } = value;
  const first = Array.isArray(signatures) && isJsonObject(signatures[0]) ? signatures[0] : value;
  const parts = [ownMember(first, "protected"), ownMember(value, "payload"), ownMember(first, "signature")];
  if (parts.every((part) => typeof part === "string")) return parts.join(".");
  const members = Object.values(value).filter((member) => typeof member === "string");
  return members.find((member) => compactForm.test(member)) ?? text;
}
