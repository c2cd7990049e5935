import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ErrorCode } from "../../../shared/problems.ts";
import type { FrameMessage } from "../../bridge/messages.ts";
import { createReports } from "./reports.ts";

const shown = vi.spyOn(console, "error");

beforeEach(() => {
  vi.useFakeTimers();
  shown.mockReset().mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
});

/** When the page was loaded. */
const longAgo = () => 3_600_000;

const authError = (code: ErrorCode): FrameMessage => ({
  t: "authError",
  error: { code, message: "The token expired at 09:00; it is 10:00.", retryable: false },
});
const tokenExpired = { t: "tokenExpired" } as const;

test("an expired token of a page that has no other is one event and one sentence that names the call", () => {
  const { hear, unanswered } = createReports(() => false, longAgo);
  unanswered();
  expect(hear(tokenExpired)).toEqual(tokenExpired);
  expect(hear(authError("token_expired"))).toBeNull();
  // The panel is opened again, or the frame loads again.
  expect(hear(tokenExpired)).toBeNull();
  expect(hear(authError("token_expired"))).toBeNull();
  expect(shown).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("Messenger.login(newToken)"));
});

test("an expired token that never opened a session is refused as any other", () => {
  const { hear, unanswered } = createReports(() => false, longAgo);
  unanswered();
  expect(hear(authError("token_expired"))).toEqual(authError("token_expired"));
  expect(hear(authError("token_expired"))).toBeNull();
});

test("a page that can sign its customer in again needs no advice", () => {
  const { hear, unanswered } = createReports(() => true, longAgo);
  unanswered();
  expect(hear(tokenExpired)).toEqual(tokenExpired);
  expect(hear(authError("token_expired"))).toBeNull();
  expect(shown).not.toHaveBeenCalled();
});

test("a token passed to login() that is refused is an error, not an expiry", () => {
  const { hear } = createReports(() => false, longAgo);
  expect(hear(authError("token_expired"))).toEqual(authError("token_expired"));
});

test("the same refusal is told once, another one besides, and all is news after somebody signed in", () => {
  const { hear, forget } = createReports(() => false, longAgo);
  expect(hear(authError("signature_invalid"))).toEqual(authError("signature_invalid"));
  expect(hear(authError("signature_invalid"))).toBeNull();
  expect(hear(authError("key_unknown"))).toEqual(authError("key_unknown"));
  expect(hear(tokenExpired)).toEqual(tokenExpired);
  forget();
  expect(hear(authError("signature_invalid"))).toEqual(authError("signature_invalid"));
  expect(hear(tokenExpired)).toEqual(tokenExpired);
});

test.each([["token_expired"], ["token_not_yet_valid"]] as const)(
  "%s of a token that was fetched just now names the signing clock, keeps both times, and is no expiry",
  (code) => {
    const { hear, fetched, unanswered } = createReports(() => false, longAgo);
    fetched();
    unanswered();
    const words = /expired at 09:00; it is 10:00\. .*a clock is off: that of the server that signs/;
    expect(hear(authError(code))).toMatchObject({
      t: "authError",
      error: { message: expect.stringMatching(words) },
    });
    const error = { code, message: "The token expired at 09:00; it is 10:00.", retryable: false };
    expect(hear({ t: "result", request: 1, ok: false, error })).toMatchObject({
      error: { code, message: expect.stringMatching(words) },
    });
  },
);

test("a token that was rendered with a page of just now names the signing clock in the console", () => {
  const { hear, unanswered } = createReports(
    () => false,
    () => 2_000,
  );
  unanswered();
  hear(tokenExpired);
  expect(hear(authError("token_expired"))).toBeNull();
  expect(shown).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(
      /a clock is off: that of the server that signs, or the messenger's\. Continue with Messenger\.login\(newToken\)/,
    ),
  );
  expect(hear(authError("token_not_yet_valid"))).toMatchObject({
    error: { message: expect.stringContaining("a clock is off: that of the server that signs") },
  });
});

test("a token that has had time to expire says nothing of clocks, nor does another refusal", () => {
  const { hear, fetched, forget } = createReports(() => false, longAgo);
  fetched();
  expect(hear(authError("signature_invalid"))).toEqual(authError("signature_invalid"));
  vi.advanceTimersByTime(30_000);
  expect(hear(authError("token_expired"))).toEqual(authError("token_expired"));
  forget();
  expect(hear(authError("token_not_yet_valid"))).toEqual(authError("token_not_yet_valid"));
});

test("an expiry is announced once, however often the connection comes back, and the next one is another", () => {
  const { hear, forget } = createReports(() => false, longAgo);
  const at = (expiresAt: string): FrameMessage => ({ t: "tokenExpiring", expiresAt });
  expect(hear(at("2026-11-21T10:00:00.000Z"))).not.toBeNull();
  forget();
  expect(hear(at("2026-11-21T10:00:00.000Z"))).toBeNull();
  expect(hear(at("2026-11-22T10:00:00.000Z"))).not.toBeNull();
});

test("everything else goes on as it is", () => {
  const { hear } = createReports(() => false, longAgo);
  const messages: readonly FrameMessage[] = [
    { t: "unread", count: 2 },
    { t: "loggedOut", reason: "elsewhere" },
    { t: "result", request: 1, ok: true, value: null },
  ];
  for (const message of [...messages, ...messages]) expect(hear(message)).toBe(message);
});
