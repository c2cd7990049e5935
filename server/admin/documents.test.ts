import { expect, test } from "vitest";
import { createSealer } from "../config/secret.ts";
import { created, patched, sealSecrets, withKey, withoutKeyOf } from "./documents.ts";

const sealer = createSealer("a master key for the tests, 32 characters or more");

test("every secret of a community is sealed, and nothing else is touched", () => {
  const settings = {
    name: "secret",
    keys: [{ kid: "s", secret: "one" }, { publicKey: "pem" }, { jwksUrl: "https://a.example" }, "odd"],
    oidc: { clientId: "vouch", clientSecret: "two" },
    secret: "no place for one",
  };
  const sealed = sealSecrets(settings, sealer);
  expect(sealed).toEqual({
    ...settings,
    keys: [{ kid: "s", secret: { sealed: expect.any(String) } }, ...settings.keys.slice(1)],
    oidc: { clientId: "vouch", clientSecret: { sealed: expect.any(String) } },
  });
  const [{ secret }] = sealed.keys as [{ secret: { sealed: string } }];
  expect(sealer.open(secret.sealed)).toBe("one");
});

test.each([
  ["a variable's name", { env: "VOUCH_SECRET" }],
  ["a text sealed elsewhere", { sealed: sealer.seal("a platform key") }],
  ["null", null],
  ["a number", 5],
])("a secret that is %s is refused", (_, secret) => {
  for (const [settings, path] of [
    [{ keys: [{}, { secret }] }, "keys[1].secret"],
    [{ oidc: { clientSecret: secret } }, "oidc.clientSecret"],
  ] as const)
    expect(() => sealSecrets(settings, sealer)).toThrow(
      expect.objectContaining({ code: "request_invalid", faults: [expect.objectContaining({ path })] }),
    );
});

test("keys keep the time they were added, and forget it when they go", () => {
  const key = (kid: string) => ({ kid, alg: "RS256", publicKey: "pem" });
  const one = created("community", { id: "a", keys: [key("x")] }, null, 1);
  const two = withKey(one, key("y"), 2);
  expect(two.keysCreatedAt).toEqual({ x: 1, y: 2 });
  expect(patched(two, { name: "A" }, 3)).toEqual({ ...two, settings: { ...two.settings, name: "A" } });
  const left = withoutKeyOf(two, "x", 4);
  expect(withKey(left, key("x"), 5).keysCreatedAt).toEqual({ y: 2, x: 5 });
});
