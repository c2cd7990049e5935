import { expect, test } from "vitest";
import { assertion, claimKey, sameClaim, worksOnce } from "./claims.ts";

const redirectUri = "https://acme.example/cb";

test("a code is sent under the names of the protocol, and nothing beside it", () => {
  expect(
    assertion({ authCode: "code", redirectUri, codeVerifier: "v", nonce: "n", maxAge: 300, iss: "i" }),
  ).toEqual({
    type: "oidcCode",
    code: "code",
    redirectUri,
    codeVerifier: "v",
    nonce: "n",
    maxAgeSeconds: 300,
    iss: "i",
  });
});

test("what a page leaves out is not sent", () => {
  expect(JSON.stringify(assertion({ authCode: "code", redirectUri }))).toBe(
    JSON.stringify({ redirectUri, type: "oidcCode", code: "code" }),
  );
  expect(assertion({ idToken: "token" })).toEqual({ type: "idToken", token: "token" });
  expect(assertion({ idToken: "token", nonce: "n" })).toEqual({
    type: "idToken",
    token: "token",
    nonce: "n",
  });
  expect(assertion({ signInTicket: "ticket" })).toEqual({ type: "signInTicket", ticket: "ticket" });
  expect(assertion(null)).toEqual({ type: "anonymous" });
});

test("a claim is the same however the page puts it, and never another kind's", () => {
  expect(
    sameClaim({ authCode: "a", redirectUri, nonce: "n" }, { nonce: "n", redirectUri, authCode: "a" }),
  ).toBe(true);
  const keys = [
    { contactJwt: "a" },
    { platformJwt: "a" },
    { idToken: "a" },
    { authCode: "a", redirectUri },
    { signInTicket: "a" },
    null,
  ].map(claimKey);
  expect(new Set(keys).size).toBe(keys.length);
});

test("codes and tickets work once", () => {
  expect([{ authCode: "a", redirectUri }, { signInTicket: "a" }].map(worksOnce)).toEqual([true, true]);
  expect([{ contactJwt: "a" }, { platformJwt: "a" }, { idToken: "a" }, null].map(worksOnce)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
