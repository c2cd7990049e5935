import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { hashSessionToken, newSessionToken } from "./session-token.ts";

it("A session token is its time and 32 random bytes; of these the store gets a hash only", () => {
  const asked: number[] = [];
  const token = newSessionToken((size) => {
    asked.push(size);
    return new Uint8Array(size).fill(255);
  }, 0xabc);
  const secret = "_".repeat(42).concat("8");
  expect(asked).toEqual([32]);
  expect(token).toBe(`000000000abc${secret}`);
  expect(hashSessionToken(token)).toBe(`000000000abc${createHash("sha256").update(token).digest("hex")}`);
});
