import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { TokenState } from "../../store/store.ts";
import { report, resultOf } from "../fixtures/checking.ts";
import { claims, community, ed, header, nowSeconds, otherRsa, secret, signed } from "../fixtures/signing.ts";

const nothing: TokenState = { revoked: false, used: false, validAfterSeconds: 0 };
const once = { singleUseTokens: true };
const single = await signed({ ...claims, jti: "t-1" });

const told = async (
  state: Partial<TokenState>,
  check: "revocation" | "replay",
  token = single,
  changes: object = once,
) =>
  resultOf(
    await report(token, await community(changes), { lookUp: async () => ({ ...nothing, ...state }) }),
    check,
  );

describe("What the store knows is told", () => {
  it.each([
    ["revocation", {}, "not revoked"],
    ["revocation", { revoked: true }, "revoked"],
    [
      "revocation",
      { validAfterSeconds: nowSeconds - 5 },
      "not revoked; older than 2026-11-18T11:06:35.000Z none is taken",
    ],
    ["replay", {}, "not used"],
    ["replay", { used: true }, "used before"],
  ] as const)("%s %j: %s", async (check, state, found) => {
    expect((await told(state, check)).found).toBe(found);
  });

  it("with the logout everywhere that the token is older than", async () => {
    const everywhere =
      "At 2026-11-18T11:06:45.000Z the customer logged out everywhere or was erased, or a backup was restored, and the token is older, or has no iat to tell.";
    const state = { revoked: true, validAfterSeconds: nowSeconds + 5 };
    const old = await told(state, "revocation");
    expect(old.cause).toContain(everywhere);
    expect(old.fix).toBe("Use a new token at each sign-in, one with iat.");
    const same = await told({ revoked: true, validAfterSeconds: claims.iat }, "revocation");
    expect(same.cause).not.toContain("everywhere");
    const undated = await signed({ identity: "user-123", exp: claims.exp });
    expect((await told(state, "revocation", undated, {})).cause).toContain(everywhere);
  });

  it("only where the token says by what to look", async () => {
    for (const payload of [{ exp: claims.exp }, { identity: "u" }, { identity: "u", exp: 1.5 }])
      expect((await told({ revoked: true }, "revocation", await signed(payload), {})).passed).toBeNull();
    expect((await told({ used: true }, "replay", await signed(), once)).passed).toBeNull();
    const offline = await report(single, await community(once), { lookUp: null });
    for (const check of ["revocation", "replay"] as const)
      expect(resultOf(offline, check)).toMatchObject({
        passed: null,
        cause: "There is no store at hand to ask.",
      });
  });
});

describe("What a key is compared with is told", () => {
  it.each([
    [{}, "“rsa” for RS256, “rsa-2” for RS256, “ec” for ES256, “shared” for HS256"],
    [{ keys: [] }, "a key; none is configured"],
    [{ keys: [{ jwksUrl: "https://a.example/jwks" }] }, "a key of the JWK set"],
    [{ keys: [{ alg: "EdDSA", publicKey: ed.publicPem }] }, "(no kid) for EdDSA"],
  ])("%j", async (changes, expected) => {
    expect(resultOf(await report(await signed(), await community(changes)), "key").expected).toBe(expected);
  });

  it("with the kid and the algorithm that the token names", async () => {
    const place = await community();
    expect(resultOf(await report(await signed(), place), "key").found).toBe("kid “rsa”, alg “RS256”");
    const bare = await signed(
      claims,
      { alg: "ES512" },
      generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey,
    );
    expect(resultOf(await report(bare, place), "key").found).toBe("kid missing, alg “ES512”");
  });

  it("and there is none to compare a signature with where the key is unknown", async () => {
    const token = await signed(claims, { ...header, kid: "x" }, otherRsa.privateKey);
    const { signature, key } = {
      signature: resultOf(await report(token, await community()), "signature"),
      key: resultOf(await report(token, await community()), "key"),
    };
    expect(signature).toMatchObject({ passed: null, cause: "There is no key to compare it with." });
    expect(key.fix).toBe("Put “kid”: “rsa-2” into the token's header.");
  });
});

it("A signature of the wrong length is told by its length", async () => {
  const token = await signed(claims, { alg: "HS256", kid: "shared" }, Buffer.from(secret));
  const short = token.slice(0, token.lastIndexOf(".") + 1) + Buffer.alloc(20, 200).toString("base64url");
  expect(resultOf(await report(short, await community()), "signature").cause).toContain(
    "It has 20 bytes; those of HS256 have 32.",
  );
});
