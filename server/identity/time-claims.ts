import { timestamp } from "../../shared/clock.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { Community } from "../config/config.ts";
import { quote } from "./header.ts";
import { type JsonObject, ownMember } from "./strict-json.ts";

export interface TokenTimes {
  readonly issuedAtSeconds: number | null;
  readonly expiresAtSeconds: number;
}

/** In seconds this is the year 5138, in milliseconds 1973: no token means the former. */
export const millisecondsFrom = 1e11;

/**
 * RFC 7519, sections 4.1.4 to 4.1.6, with whole seconds only.
 *
 * `exp` gets no leeway. A signing clock that is slow only shortens a token's life, and a store that forgets a revoked
 * token at its `exp` must not find it alive afterwards. The leeway is for clocks that are fast.
 *
 * @param nowMs milliseconds since 1970-01-01 UTC
 * @throws ProblemError `expiry_missing` (absent, or not a whole number), `token_expired`, `expiry_too_far`,
 *   `token_not_yet_valid`; `token_malformed` where `nbf` or `iat` is not a whole number
 */
export function checkTimes(
  payload: JsonObject,
  {
    maxTokenLifetimeSeconds,
    clockSkewSeconds,
  }: Pick<Community, "maxTokenLifetimeSeconds" | "clockSkewSeconds">,
  nowMs: number,
): TokenTimes {
  const expiresAtSeconds = readExpiry(payload);
  checkNotExpired(expiresAtSeconds, nowMs);
  checkLifetime(expiresAtSeconds, maxTokenLifetimeSeconds, clockSkewSeconds, nowMs);
  readStart(payload, "nbf", clockSkewSeconds, nowMs);
  return { expiresAtSeconds, issuedAtSeconds: readStart(payload, "iat", clockSkewSeconds, nowMs) };
}

/** @throws ProblemError `expiry_missing` */
export function readExpiry(payload: JsonObject): number {
  const exp = ownMember(payload, "exp");
  if (isWholeNumber(exp)) return exp;
  throw new ProblemError("expiry_missing", {
    detail:
      exp === undefined
        ? "The token has no exp."
        : `The token's exp is ${quote(exp)}, not a whole number of seconds.`,
  });
}

/** @throws ProblemError `token_expired` */
export function checkNotExpired(expiresAtSeconds: number, nowMs: number): void {
  if (expiresAtSeconds * 1000 <= nowMs)
    throw new ProblemError("token_expired", {
      detail: `The token expired at ${showSeconds(expiresAtSeconds)}; it is ${timestamp(nowMs)} here.`,
    });
}

/** @throws ProblemError `expiry_too_far` */
export function checkLifetime(
  expiresAtSeconds: number,
  maxTokenLifetimeSeconds: number,
  clockSkewSeconds: number,
  nowMs: number,
): void {
  if (expiresAtSeconds * 1000 > nowMs + (maxTokenLifetimeSeconds + clockSkewSeconds) * 1000)
    throw new ProblemError("expiry_too_far", {
      detail: `The token expires at ${showSeconds(expiresAtSeconds)}; at most ${maxTokenLifetimeSeconds} s from now (${timestamp(nowMs)}) are allowed.`,
    });
}

/**
 * @returns null where the token has none
 * @throws ProblemError `token_not_yet_valid`, `token_malformed`
 */
export function readStart(
  payload: JsonObject,
  name: "nbf" | "iat",
  clockSkewSeconds: number,
  nowMs: number,
): number | null {
  const value = ownMember(payload, name);
  if (value === undefined) return null;
  if (!isWholeNumber(value))
    throw new ProblemError("token_malformed", {
      detail: `The token's ${name} is ${quote(value)}, not a whole number of seconds.`,
    });
  if (value * 1000 > nowMs + clockSkewSeconds * 1000)
    throw new ProblemError("token_not_yet_valid", {
      detail: `The token's ${name} is ${showSeconds(value)}; it is ${timestamp(nowMs)} here.`,
    });
  return value;
}

export const isWholeNumber = (value: unknown): value is number => Number.isInteger(value);

/** As a time for a sentence; what is beyond all dates, as the number that it is. */
export function showSeconds(seconds: number): string {
  if (Math.abs(seconds) >= millisecondsFrom)
    return `${seconds}, which looks like milliseconds (seconds are expected)`;
  return timestamp(seconds * 1000);
}
