import { expect, test } from "vitest";
import { readAnswer } from "./read-answer.ts";

const codeVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const code = { authCode: "SplxlOBeZQQYbYS6WxSbIA", redirectUri: "https://www.acme.example/back" };
const everything = {
  ...code,
  codeVerifier,
  nonce: "n-0S6_WzA2Mj",
  maxAge: 300,
  iss: "https://login.acme.example",
};

test.each([
  { value: null, found: null },
  { value: undefined, found: null },
  { value: { contactJwt: "" }, found: null },
  { value: { authCode: "", redirectUri: "" }, found: null },
  { value: { contactJwt: "a.b.c" }, found: { contactJwt: "a.b.c" } },
  { value: code, found: code },
  { value: everything, found: everything },
  { value: { ...code, maxAge: 0 }, found: { ...code, maxAge: 0 } },
  { value: { ...code, nonce: "", codeVerifier: undefined, iss: null, maxAge: null }, found: code },
  { value: { ...code, state: "left out", refresh: () => {} }, found: code },
  { value: { idToken: "a.b.c" }, found: { idToken: "a.b.c" } },
  { value: { idToken: "a.b.c", nonce: "n", maxAge: 3 }, found: { idToken: "a.b.c", nonce: "n" } },
])("$value is read as $found", ({ value, found }) => {
  expect(readAnswer(value, "getAuthCode()")).toEqual(found);
});

test.each([
  { value: "a.b.c", says: "found string without contactJwt" },
  { value: 7, says: "found number without" },
  { value: {}, says: "found object without" },
  { value: { token: "a.b.c" }, says: "found object without" },
  { value: { authCode: "c" }, says: "redirectUri is missing" },
  { value: { authCode: "c", redirectUri: "" }, says: "redirectUri is missing" },
  { value: { authCode: 7, redirectUri: "https://a" }, says: "authCode is number; pass a string" },
  { value: { ...code, redirectUri: new URL(code.redirectUri) }, says: "redirectUri is object" },
  { value: { ...code, nonce: 7 }, says: "nonce is number" },
  { value: { ...code, iss: {} }, says: "iss is object" },
  { value: { ...code, codeVerifier: "short" }, says: "43 to 128 characters" },
  { value: { ...code, codeVerifier: `${codeVerifier}=` }, says: "RFC 7636" },
  { value: { ...code, maxAge: "300" }, says: "maxAge is string; pass whole seconds" },
  { value: { ...code, maxAge: 0.5 }, says: "maxAge is 0.5" },
  { value: { ...code, maxAge: -1 }, says: "maxAge is -1" },
  { value: { idToken: 7 }, says: "idToken is number" },
  { value: { ...code, idToken: "a.b.c" }, says: "found authCode and idToken; pass one" },
  { value: { contactJwt: "a.b.c", authCode: "c" }, says: "found contactJwt and authCode" },
  { value: { contactJwt: "a.b.c", platformJwt: "a.b.c" }, says: "found contactJwt and platformJwt" },
])("$value is refused and says: $says", ({ value, says }) => {
  const read = () => readAnswer(value, "getAuthCode()");
  expect(read).toThrow(`getAuthCode(): `);
  expect(read).toThrow(says);
  expect(read).toThrow(expect.objectContaining({ code: "request_invalid", retryable: false }));
});

test.each([
  [{ contactJwt: "{{jwt}}" }],
  [{ authCode: "{{code}}", redirectUri: "https://a" }],
  [{ idToken: "<%= token %>" }],
])("a placeholder keeps its own code: %o", (value) => {
  expect(() => readAnswer(value, "login()")).toThrow(
    expect.objectContaining({ code: "placeholder_not_replaced" }),
  );
});

test("no refusal repeats a token", () => {
  const secret = "secret-code";
  for (const value of [{ authCode: secret }, { authCode: secret, idToken: secret }, secret])
    expect(() => readAnswer(value, "login()")).toThrow(expect.not.stringContaining(secret));
});
