/** Times that are wrong in a way that tells how. */

import { type JsonObject, ownMember } from "../strict-json.ts";
import { isWholeNumber } from "../time-claims.ts";
import type { Advice } from "./report.ts";
import type { Subject } from "./subject.ts";

const inSeconds = "Count seconds: Math.floor(Date.now() / 1000) in JavaScript, time() in PHP and Python.";

/** With the least number that can be a present time in it. */
const units = [
  { name: "nanoseconds", from: 1e17 },
  { name: "microseconds", from: 1e14 },
  { name: "milliseconds", from: 1e11 },
] as const;

function finerUnit(value: number): string | null {
  return units.find(({ from }) => value >= from && value < from * 1e3)?.name ?? null;
}

export function explainExpiry(payload: JsonObject): Advice | null {
  const exp = ownMember(payload, "exp");
  if (typeof exp === "string") {
    if (/^\s*\d+\s*$/.test(exp))
      return { cause: "It is a text.", fix: "Write exp as a number, without quotation marks." };
    if (!Number.isNaN(Date.parse(exp))) return { cause: "It is a date written as text.", fix: inSeconds };
    if (/^\d+\s*[smhd]/.test(exp))
      return { cause: "It is a duration.", fix: "exp is a point in time: now and the duration, in seconds." };
    return null;
  }
  if (typeof exp === "number" && Number.isFinite(exp))
    return { cause: "It has a fraction.", fix: "Round exp down to a whole number of seconds." };
  const other = ["expires", "expiry", "expires_at", "expiresAt", "expires_in", "Exp", "EXP"].find((name) =>
    Object.hasOwn(payload, name),
  );
  if (other !== undefined)
    return {
      cause: `The claim “${other}” is there instead.`,
      fix: "Name the claim exp, and count seconds since 1970.",
    };
  return null;
}

export function explainExpired(payload: JsonObject, exp: number, nowMs: number): Advice | null {
  if (exp >= 0 && exp < 366 * 86_400)
    return {
      cause: "It looks like a duration.",
      fix: "exp is a point in time: the present second and the token's lifetime added.",
    };
  const iat = ownMember(payload, "iat");
  const late = nowMs / 1000 - exp;
  if (!isWholeNumber(iat) || iat >= exp) return null;
  const lifetime = exp - iat;
  if (isTimeZone(nowMs / 1000 - iat) && lifetime < 1800)
    return {
      cause: `If the token is new, the signing server is ${inWords(nowMs / 1000 - iat)} behind, like a clock of another time zone.`,
      fix: "Use the time in UTC: local time is not what exp and iat count.",
    };
  return {
    cause: `It was valid for ${inWords(lifetime)} and expired ${inWords(late)} ago. If it is new, the signing server's clock is at least ${inWords(late)} slow.`,
    fix: "Sign a new token for each page; if new ones are refused too, set the signing server's clock (NTP).",
  };
}

export function explainTooFar(
  payload: JsonObject,
  exp: number,
  { nowMs, community }: Subject,
): Advice | null {
  const unit = finerUnit(exp);
  if (unit) return { cause: `It is in ${unit}.`, fix: inSeconds };
  const iat = ownMember(payload, "iat");
  if (isWholeNumber(iat) && exp - iat <= community.maxTokenLifetimeSeconds)
    return explainAhead(iat - nowMs / 1000);
  return {
    fix: `Let exp be at most ${community.maxTokenLifetimeSeconds} s from now, or raise the community's maxTokenLifetimeSeconds.`,
  };
}

export function explainStart(payload: JsonObject, name: "nbf" | "iat", nowMs: number): Advice | null {
  const value = ownMember(payload, name);
  if (!isWholeNumber(value))
    return { fix: `Write ${name} as a whole number of seconds since 1970, or leave it out.` };
  const unit = finerUnit(value);
  return unit ? { cause: `It is in ${unit}.`, fix: inSeconds } : explainAhead(value - nowMs / 1000);
}

function explainAhead(seconds: number): Advice {
  if (isTimeZone(seconds))
    return {
      cause: `The signing server is ${inWords(seconds)} ahead, like a clock of another time zone.`,
      fix: "Use the time in UTC: local time is not what exp, nbf and iat count.",
    };
  return {
    cause: `The signing server's clock is ${inWords(seconds)} ahead of ours.`,
    fix: "Set the signing server's clock (NTP), or leave nbf and iat out.",
  };
}

/** Whole or half hours, as far as zones go, with some minutes for the token's age. */
function isTimeZone(seconds: number): boolean {
  const half = Math.round(seconds / 1800);
  return half >= 1 && half <= 28 && Math.abs(seconds - half * 1800) <= 120;
}

export function inWords(seconds: number): string {
  const whole = Math.max(1, Math.round(Math.abs(seconds)));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.round(whole / 60)} minutes`;
  const hours = whole / 3600;
  return hours < 72 ? `${Number(hours.toFixed(1))} hours` : `${Math.round(hours / 24)} days`;
}
