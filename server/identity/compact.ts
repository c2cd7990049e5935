import { isUtf8 } from "node:buffer";
import { hash } from "node:crypto";
import type { Limits } from "../../shared/limits.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import { describeMalformed } from "./near-misses.ts";
import { isJsonObject, JsonFault, type JsonObject, parseStrictJson } from "./strict-json.ts";

/** A JWS in its compact serialization (RFC 7515, section 7.1), read but not verified. */
export interface CompactToken {
  readonly text: string;
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

const compactForm = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}$/;

/**
 * Everything that can be refused without a key, cheapest first. Of all the texts that base64url decoders take for the
 * same bytes (white space, padding, non-zero unused bits) only the canonical one passes (RFC 4648, section 3.5), so that
 * one signed token is one string.
 *
 * @throws ProblemError `token_too_large`, `token_malformed`
 */
export function readCompact(
  token: string,
  limits: Pick<Limits, "tokenBytes" | "tokenHeaderBytes" | "jsonDepth">,
): CompactToken {
  checkSize(token, limits);
  checkForm(token);
  checkEncoding(token);
  const [header, payload] = token.split(".");
  return { text: token, header: readHeaderPart(header, limits), payload: readPayloadPart(payload, limits) };
}

/** @throws ProblemError `token_too_large` */
export function checkSize(token: string, limits: Pick<Limits, "tokenBytes">): void {
  if (token.length > limits.tokenBytes)
    throw tooLarge(`The token has ${token.length} characters; at most ${limits.tokenBytes} are allowed.`);
}

/** @throws ProblemError `token_malformed` */
export function checkForm(token: string): void {
  if (!compactForm.test(token)) throw malformed(describeMalformed(token));
}

/** @throws ProblemError `token_malformed` */
export function checkEncoding(token: string): void {
  if (!token.split(".").every(isCanonical))
    throw malformed("The token is not in canonical base64url (RFC 4648, sections 3.5 and 5).");
}

/** @throws ProblemError `token_too_large`, `token_malformed` */
export function readHeaderPart(
  part: string | undefined,
  limits: Pick<Limits, "tokenHeaderBytes" | "jsonDepth">,
): JsonObject {
  const header = decode(part);
  if (header.length > limits.tokenHeaderBytes)
    throw tooLarge(
      `The token's header has ${header.length} bytes; at most ${limits.tokenHeaderBytes} are allowed.`,
    );
  return readObject(header, "header", limits.jsonDepth);
}

/** @throws ProblemError `token_malformed` */
export const readPayloadPart = (part: string | undefined, limits: Pick<Limits, "jsonDepth">): JsonObject =>
  readObject(decode(part), "payload", limits.jsonDepth);

/**
 * What revocation remembers a token by: SHA-256, lower-case hex, of its header and payload. The signature is left out
 * because ECDSA has two for each token: whoever holds one of them computes the other (s → n − s) without the key, and
 * would walk a revoked token past its own hash.
 */
export const tokenHash = (token: Pick<CompactToken, "text">): string =>
  hash("sha256", token.text.slice(0, token.text.lastIndexOf(".")));

/**
 * The last character of a part carries bits that belong to no byte; they must be zero. The same as encoding what was
 * decoded and comparing, without doing so.
 */
function isCanonical(part: string): boolean {
  const surplus = part.length % 4;
  if (surplus === 2) return "AQgw".includes(part.at(-1) ?? "");
  if (surplus === 3) return "AEIMQUYcgkosw048".includes(part.at(-1) ?? "");
  return surplus === 0;
}

const decode = (part = ""): Buffer => Buffer.from(part, "base64url");

function readObject(bytes: Buffer, name: string, maxDepth: number): JsonObject {
  if (!isUtf8(bytes)) throw malformed(`The token's ${name} is not valid UTF-8.`);
  const value = parse(bytes.toString("utf8"), name, maxDepth);
  if (!isJsonObject(value)) throw malformed(`The token's ${name} is not a JSON object.`);
  return value;
}

function parse(text: string, name: string, maxDepth: number): unknown {
  try {
    return parseStrictJson(text, maxDepth);
  } catch (cause) {
    if (!(cause instanceof JsonFault)) throw cause;
    const place = cause.path && `${JSON.stringify(cause.path)} `;
    throw malformed(`The token's ${name}: ${place}${cause.message}.`, cause);
  }
}

const malformed = (detail: string, cause?: unknown): ProblemError =>
  new ProblemError("token_malformed", { detail, cause });

const tooLarge = (detail: string): ProblemError => new ProblemError("token_too_large", { detail });
