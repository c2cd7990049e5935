import { expect, test } from "vitest";
import { plainIdentity } from "./plain-identity.ts";

const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnLW5hdHVyZV8";

test.each([
  { value: { contactJwt: jwt }, found: { contactJwt: jwt } },
  { value: { contactJwt: "", platformJwt: jwt, deploymentId: "acme-web" }, found: { platformJwt: jwt } },
  { value: { contactJwt: jwt, getToken: async () => null }, found: { contactJwt: jwt } },
])("one token is taken as it is: $value", ({ value, found }) => {
  expect(plainIdentity(value)).toEqual(found);
});

test.each([
  [undefined],
  [null],
  [{}],
  [{ contactJwt: "", platformJwt: "" }],
  [{ contactJwt: null }],
  ["a.b.c"],
])("%o is a visitor's", (value) => {
  expect(plainIdentity(value)).toBeNull();
});

test.each([
  [{ contactJwt: "{{jwt}}" }],
  [{ contactJwt: "<%= jwt %>" }],
  [{ contactJwt: `${jwt}\n` }],
  [{ contactJwt: "a.b" }],
  [{ contactJwt: "a.b.c.d.e" }],
  [{ contactJwt: [jwt] }],
  [{ contactJwt: 7 }],
  [{ contactJwt: jwt, platformJwt: jwt }],
  [{ contactJwt: jwt, authCode: "code" }],
  [{ platformJwt: jwt, idToken: jwt }],
])("%o is looked at more closely", (value) => {
  expect(plainIdentity(value)).toBeUndefined();
});
