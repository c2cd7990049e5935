import { timestamp } from "../../../shared/clock.ts";
import { quote } from "../header.ts";
import { ownMember } from "../strict-json.ts";
import { checkLifetime, checkNotExpired, isWholeNumber, readExpiry, readStart } from "../time-claims.ts";
import {
  type Advice,
  type CheckName,
  causeOnly,
  examine,
  notChecked,
  type TokenCheckResult,
  unreadable,
} from "./report.ts";
import type { Subject } from "./subject.ts";
import { explainExpired, explainExpiry, explainStart, explainTooFar } from "./time-advice.ts";

/** Step 5 of the gate. */
export async function checkTimes(subject: Subject): Promise<TokenCheckResult[]> {
  const { community, nowMs, reading } = subject;
  const { maxTokenLifetimeSeconds, clockSkewSeconds } = community;
  const { payload } = reading;
  /** Fixes are for whoever signs Contact JWTs; of other kinds the cause is told alone. */
  const advise = (advice: Advice | null): Advice | null =>
    subject.judgedAs === "contactJwt" ? advice : causeOnly(advice);
  const latest = timestamp(nowMs + clockSkewSeconds * 1000);
  const expected = {
    expiry: "a whole number of seconds since 1970-01-01 UTC",
    expired: `after ${timestamp(nowMs)}`,
    lifetime: `at most ${maxTokenLifetimeSeconds} s from now`,
    notBefore: `none, or not after ${latest}`,
    issuedAt: `none, or not after ${latest}`,
  } satisfies Partial<Record<CheckName, string>>;
  if (!payload)
    return (["expiry", "expired", "lifetime", "notBefore", "issuedAt"] as const).map((check) =>
      notChecked(check, expected[check], unreadable),
    );
  const exp = ownMember(payload, "exp");
  const found = showTime(exp);
  const start = (check: "notBefore" | "issuedAt", name: "nbf" | "iat") =>
    examine(
      { check, found: showTime(ownMember(payload, name)), expected: expected[check] },
      () => readStart(payload, name, clockSkewSeconds, nowMs),
      () => advise(explainStart(payload, name, nowMs)),
    );
  const compared = isWholeNumber(exp)
    ? [
        await examine(
          { check: "expired", found, expected: expected.expired },
          () => checkNotExpired(exp, nowMs),
          () => advise(explainExpired(payload, exp, nowMs)),
        ),
        await examine(
          { check: "lifetime", found, expected: expected.lifetime },
          () => checkLifetime(exp, maxTokenLifetimeSeconds, clockSkewSeconds, nowMs),
          () => advise(explainTooFar(payload, exp, subject)),
        ),
      ]
    : (["expired", "lifetime"] as const).map((check) =>
        notChecked(check, expected[check], "There is no expiry to compare."),
      );
  return [
    await examine(
      { check: "expiry", found, expected: expected.expiry },
      () => readExpiry(payload),
      () => advise(explainExpiry(payload)),
    ),
    ...compared,
    await start("notBefore", "nbf"),
    await start("issuedAt", "iat"),
  ];
}

/** The latest time that a Date can hold, in seconds. */
const lastSecond = 8.64e12;

export function showTime(value: unknown): string {
  if (!isWholeNumber(value) || Math.abs(value) > lastSecond) return quote(value);
  return `${value} (${timestamp(value * 1000)})`;
}
