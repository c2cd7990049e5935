import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { report, verdict } from "../fixtures/checking.ts";
import { refusalCode } from "../fixtures/refusal.ts";
import {
  base64url,
  claims,
  community,
  communityFile,
  gate,
  headerText,
  nowSeconds,
  signed,
  signedTexts,
} from "../fixtures/signing.ts";

/** `verdict` fails where the gate and the report are of two opinions, and where the report shows the token. */
const places = await Promise.all([
  community(),
  community({ issuer: "https://acme.example", audience: "vouch", singleUseTokens: true }),
  community({ identityClaim: "sub", clockSkewSeconds: 0, maxTokenLifetimeSeconds: 60 }),
  community({ keys: [] }),
  // A provider beside a key that serves tokens without a kid.
  community({
    keys: [communityFile.keys[0]],
    oidc: {
      name: "sso",
      discoveryUri: "https://login.example",
      clientId: "client",
      clientSecret: "s".repeat(32),
    },
  }),
]);
const place = fc.constantFrom(...places);
const good = await signed();

const value = fc.oneof(
  fc.constantFrom<unknown>(
    "user-123",
    "vouch",
    "https://acme.example",
    "",
    " ",
    null,
    true,
    "rsa",
    "JWT",
    "none",
  ),
  fc.integer({ min: nowSeconds - 100, max: nowSeconds + 100_000 }),
  fc.double(),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
);
const claimNames = [
  "identity",
  "sub",
  "exp",
  "nbf",
  "iat",
  "iss",
  "aud",
  "jti",
  "comm100.name",
  "email",
  "scope",
];
const headerNames = ["alg", "kid", "typ", "crit", "jku", "b64", "x"];
const objectOf = (names: readonly string[]) =>
  fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value);

describe("The gate and the report agree", () => {
  it("about any text", async () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.webUrl(),
      fc.json(),
      fc.base64String(),
    );
    await fc.assert(
      fc.asyncProperty(text, place, async (token, at) => {
        await verdict(token, at);
      }),
      { numRuns: 500 },
    );
  });

  it("about a good token that was cut, doubled, wrapped or changed", async () => {
    const change = fc.constantFrom(
      (token: string, at: number) => token.slice(0, at),
      (token: string, at: number) => token.slice(at),
      (token: string, at: number) => `${token.slice(0, at)}.${token.slice(at)}`,
      (token: string, at: number) => `${token.slice(0, at)}A${token.slice(at + 1)}`,
      (token: string, at: number) => `${token.slice(0, at)}\n${token.slice(at)}`,
      (token: string) => `Bearer ${token}`,
      (token: string) => `"${token}"`,
      (token: string) => JSON.stringify({ token }),
      (token: string) => encodeURIComponent(token),
    );
    await fc.assert(
      fc.asyncProperty(change, change, fc.nat(good.length), place, async (one, other, at, acme) => {
        await verdict(one(other(good, at), at), acme);
      }),
      { numRuns: 500 },
    );
  });

  it("about any claims under a good signature", async () => {
    await fc.assert(
      fc.asyncProperty(objectOf(claimNames), place, async (payload, at) => {
        await verdict(signedTexts(headerText, JSON.stringify({ ...claims, ...payload })), at);
      }),
      { numRuns: 500 },
    );
  });

  it.each([{ scope: "chat" }, { amr: ["pwd"] }, { azp: "shop" }])(
    "about a Contact JWT without a kid that says %j, where a provider is configured as well",
    async (more) => {
      const place = places.at(-1);
      if (!place) throw new Error("no community");
      const payload = { ...claims, iss: "https://www.acme.example", ...more };
      const token = await signed(payload, { alg: "RS256" });
      expect(await verdict(token, place)).toMatchObject({ code: null });
      expect(await report(token, place)).toMatchObject({ judgedAs: "contactJwt", passes: true });
    },
  );

  it("about any header", async () => {
    await fc.assert(
      fc.asyncProperty(objectOf(headerNames), fc.boolean(), place, async (members, usual, at) => {
        const header = usual ? { ...JSON.parse(headerText), ...members } : members;
        await verdict(signedTexts(JSON.stringify(header), JSON.stringify(claims)), at);
      }),
      { numRuns: 500 },
    );
  });
});

it("A report of 64 KiB made to be slow takes less than a tenth of a second", async () => {
  const [acme] = places;
  if (!acme) throw new Error("no community");
  const size = 64 * 1024;
  const deep = `${base64url(headerText)}.${base64url("[".repeat(size / 2))}.AA`;
  const wide = `${base64url(headerText)}.${base64url(
    JSON.stringify(Object.fromEntries(Array.from({ length: 2500 }, (_, at) => [`identitx${at}`, ""]))),
  )}.AA`;
  const texts = ["=", " ", ".", "%20", '"', "{", "A", "Bearer ", "\\", "\u0301"].map((text) =>
    text.repeat(size / text.length),
  );
  for (const text of [...texts, deep, wide]) {
    const times: number[] = [];
    for (let attempt = 0; attempt < 10; attempt++) {
      const start = performance.now();
      expect((await report(text, acme)).passes).toBe(false);
      times.push(performance.now() - start);
    }
    // The fastest: others may have had the processor meanwhile.
    expect(Math.min(...times)).toBeLessThan(100);
    expect(await refusalCode(() => gate().verifyContactJwt(text, acme))).toBe("token_too_large");
  }
});
