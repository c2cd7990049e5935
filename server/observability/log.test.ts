import { expect, test } from "vitest";
import { newSessionToken } from "../session/session-token.ts";
import { createLog, withoutTokens } from "./log.ts";

function capture() {
  const lines: string[] = [];
  return { lines, log: createLog("info", { write: (line: string) => void lines.push(line) }) };
}

const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";
const sessionToken = newSessionToken(() => new Uint8Array(32), Date.UTC(2026, 10, 21));
const secret = "A".repeat(43);

test("lines are JSON with a level by name and a time", () => {
  const { lines, log } = capture();
  log.info({ event: "request", route: "/api/v1/session" });
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "info",
    event: "request",
    route: "/api/v1/session",
  });
});

test("members that hold secrets or text are censored, wherever they hang", () => {
  const { lines, log } = capture();
  log.info({
    token: jwt,
    body: { contactJwt: jwt, message: { text: "private" } },
    headers: { authorization: jwt },
  });
  expect(lines.join("")).not.toMatch(/eyJ|private/);
});

test("an error is described without the members that libraries hang on it, and without tokens in its message", () => {
  const { lines, log } = capture();
  const error = Object.assign(new Error(`bad value ${jwt} of ${sessionToken}, ${secret}`), {
    input: "private",
  });
  log.error({ error });
  expect(lines.join("")).toContain("bad value [redacted] of [redacted], [redacted]");
  expect(lines.join("")).not.toMatch(/eyJ|AAAA|private/);
});

test("ordinary sentences stay as they are", () => {
  const sentence = "no such table: sessions at /srv/vouch/server/store/sqlite/open.ts:12:3";
  expect(withoutTokens(sentence)).toBe(sentence);
});
