import { describe, expect, it } from "vitest";
import { datedUse, parsePlatformKey, platformKey, providerSessionMark, visitorKey } from "./identity.ts";

describe("A signed contact's key", () => {
  it.each([
    ["a plain identity", "acme", "jwt", "user-123", "v1/acme/AUTH/jwt/uid:user-123"],
    [
      "an identity that looks like a key",
      "a",
      "sso",
      "v1/b/AUTH/jwt/uid:x",
      "v1/a/AUTH/sso/uid:v1/b/AUTH/jwt/uid:x",
    ],
    ["an identity of several lines", "acme", "jwt", "a\nb\n", "v1/acme/AUTH/jwt/uid:a\nb\n"],
  ])("is written and read back with %s", (_, communityId, authId, identity, key) => {
    expect(platformKey(communityId, authId, identity)).toBe(key);
    expect(parsePlatformKey(key)).toEqual({ communityId, authId, identity });
  });

  it.each([
    ["a visitor's", visitorKey("acme", "c1")],
    ["one of another form in front", "xv1/acme/AUTH/jwt/uid:a"],
    ["one without a community", "v1//AUTH/jwt/uid:a"],
    ["one without a source", "v1/acme/AUTH//uid:a"],
    ["one with a slash in its source", "v1/acme/AUTH/jwt/x/uid:a"],
    ["one without an identity", "v1/acme/AUTH/jwt/uid:"],
  ])("is not %s", (_, key) => {
    expect(parsePlatformKey(key)).toBeNull();
  });
});

it("A visitor's key is of the community and the contact, and of no source", () => {
  expect(visitorKey("acme", "c1")).toBe("v1/acme/ANON/uid:c1");
});

it("A provider's session has one mark, which no other of its three names gives", () => {
  const mark = providerSessionMark("acme", "sso", "s1");
  expect(mark).toBe("9f953e035c2cd77daa139f516a4c2e46a7f4075abe183ec8698f6ff167ff8280");
  for (const other of [
    providerSessionMark("acme2", "sso", "s1"),
    providerSessionMark("acme", "sso2", "s1"),
    providerSessionMark("acme", "sso", "s12"),
    providerSessionMark("acmes", "so", "s1"),
  ])
    expect(other).not.toBe(mark);
});

it.each([
  ["at its iat", 1000, 1000],
  ["at its iat, were it 0", 0, 0],
  ["as early as its expiry allows, where it has none", null, 4000],
])("A token counts as issued %s", (_, issuedAtSeconds, counted) => {
  const token = { hashes: ["h"], issuedAtSeconds, expiresAtSeconds: 5000, singleUseId: "j" };
  expect(datedUse(token, { maxTokenLifetimeSeconds: 1000 })).toEqual({ ...token, issuedAtSeconds: counted });
});
