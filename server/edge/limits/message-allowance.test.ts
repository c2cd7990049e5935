import { expect, test } from "vitest";
import { createMessageAllowance, sessionsPerContact } from "./message-allowance.ts";
import { createTokenBuckets } from "./token-buckets.ts";

const clock = { now: () => 0 };

function setUp() {
  return createMessageAllowance({
    sessions: createTokenBuckets({ perSecond: 1, burst: 3, clock }),
    contacts: createTokenBuckets({ perSecond: sessionsPerContact, burst: 3 * sessionsPerContact, clock }),
  });
}

/** How many of these pass. */
const sent = (allowance: ReturnType<typeof setUp>, contactId: string, sessions: number, each: number) =>
  Array.from({ length: sessions * each }, (_, n) =>
    allowance.take({ id: `${contactId} ${n % sessions}`, contactId }),
  ).filter((waitMs) => waitMs === 0).length;

test("a session has its burst, and a few sessions of one contact have theirs", () => {
  const allowance = setUp();
  expect(sent(allowance, "ada", 1, 10)).toBe(3);
  expect(sent(allowance, "bob", sessionsPerContact, 10)).toBe(3 * sessionsPerContact);
});

test("many sessions of one contact get no more out of it, and another contact loses nothing", () => {
  const allowance = setUp();
  expect(sent(allowance, "ada", 50, 3)).toBe(3 * sessionsPerContact);
  expect(sent(allowance, "bob", 1, 3)).toBe(3);
  expect(allowance.take({ id: "ada 51", contactId: "ada" })).toBeGreaterThan(0);
});
