import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProblemCode } from "../../../shared/problems.ts";
import { acceptIdToken } from "../../oidc/sign-ins.ts";
import { clientId } from "../../oidc/testing/breaking-provider.ts";
import { type SignInWorld, startSignInWorld } from "../../oidc/testing/sign-in-world.ts";
import type { TokenState } from "../../store/store.ts";
import { resultOf } from "../fixtures/checking.ts";
import { judgeIdToken, noUse, reportIdToken } from "../fixtures/id-tokens.ts";
import { rsa, signed } from "../fixtures/signing.ts";
import type { LookUpToken } from "./use.ts";

let world: SignInWorld;
let once: SignInWorld;
beforeAll(async () => {
  world = await startSignInWorld();
  once = await startSignInWorld({
    singleUseTokens: true,
    keys: [{ kid: "rsa", alg: "RS256", publicKey: rsa.publicPem }],
  });
});
afterAll(() => Promise.all([world.provider.close(), once.provider.close()]));

const now = () => Math.floor(world.clock.now() / 1000);
describe("The report of an ID token", () => {
  it("passes every check of its judge, in the judge's order", async () => {
    const token = await world.provider.idToken({ nonce: "n", auth_time: now(), name: "Ada", at_hash: "x" });
    expect(await judgeIdToken(world, token, "n")).toBeNull();
    const { kind, judgedAs, passes, checks } = await reportIdToken(world, token, "n");
    expect({ kind, judgedAs, passes }).toEqual({ kind: "idToken", judgedAs: "idToken", passes: true });
    expect(checks.map(({ check }) => check).join(" ")).toBe(
      "deployment community policy provider size form encoding header payload parameters type algorithm keyId key " +
        "signature expiry expired lifetime notBefore issuedAt age events issuer audience authorizedParty nonce authTime " +
        "hashes identity revocation replay attributes",
    );
    const open = checks.filter(({ passed }) => passed === null).map(({ check }) => check);
    expect(open).toEqual(["deployment", "hashes", "replay"]);
    expect(checks.at(-1)).toMatchObject({ found: "name" });
  });

  it("can't tell of a nonce that is not named, and does not let the token pass", async () => {
    const result = await reportIdToken(world, await world.provider.idToken({ nonce: "n" }));
    expect(result).toMatchObject({ passes: null, code: null });
    expect(resultOf(result, "nonce")).toMatchObject({
      passed: null,
      cause: expect.stringMatching(/name it as nonce/),
    });
  });

  it("tells of a Contact JWT that came in its place", async () => {
    const result = await reportIdToken(world, await signed());
    expect(result).toMatchObject({ kind: "contactJwt", judgedAs: "idToken", code: "key_unknown" });
    expect(await judgeIdToken(world, await signed())).toBe("key_unknown");
    expect(resultOf(result, "key").cause).toMatch(/takes ID tokens of its OpenID provider only/);
    const token = await signed({ iss: once.provider.url, aud: clientId });
    expect(resultOf(await reportIdToken(once, token), "key")).toMatchObject({
      cause: expect.stringMatching(/signature is that of the key “rsa”/),
      fix: expect.stringMatching(/pass it as contactJwt to a deployment of acme/),
    });
  });

  it("tells of a provider that can't be reached", async () => {
    const gone = await startSignInWorld();
    const token = await gone.provider.idToken();
    await gone.provider.close();
    expect(await judgeIdToken(gone, token)).toBe("keyset_unavailable");
    const result = await reportIdToken(gone, token);
    expect(resultOf(result, "provider").fix).toMatch(/discoveryUri/);
    expect(resultOf(result, "issuer")).toMatchObject({ passed: null });
    expect(resultOf(result, "expired")).toMatchObject({ passed: true });
  });

  it.each<readonly [Partial<TokenState>, ProblemCode]>([
    [{ revoked: true }, "token_revoked"],
    [{ used: true }, "token_replayed"],
  ])("asks the store as the session does: %j", async (state, code) => {
    const token = await once.provider.idToken({ sid: "s-1" });
    const asked: unknown[] = [];
    const lookUp: LookUpToken = async (question) => {
      asked.push(question);
      return { ...noUse, ...state };
    };
    expect(await reportIdToken(once, token, undefined, lookUp)).toMatchObject({ passes: false, code });
    const { identity } = await acceptIdToken(once.deps, await once.place(), { token });
    const { token: use, communityId, platformKey } = identity;
    expect(asked).toEqual([{ token: use, communityId, platformKey }]);
  });

  it("agrees with the judge about any claims and any header under a good signature", async () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        clientId,
        [clientId],
        [clientId, "b"],
        world.provider.url,
        undefined,
        null,
        "ada",
        {},
      ),
      fc.integer({ min: now() - 100_000, max: now() + 100_000 }),
      fc.double(),
      fc.string({ unit: "binary", maxLength: 20 }),
    );
    const some = (names: readonly string[]) =>
      fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, { maxKeys: 3 });
    const names = [
      "iss",
      "aud",
      "sub",
      "exp",
      "iat",
      "nbf",
      "azp",
      "nonce",
      "auth_time",
      "events",
      "at_hash",
      "sid",
    ];
    await fc.assert(
      fc.asyncProperty(
        some(names),
        some(["kid", "x"]),
        fc.constantFrom(undefined, "ada"),
        fc.nat(30),
        async (claims, header, nonce, cut) => {
          const token = await world.provider.idToken(claims, header).catch(() => world.provider.idToken());
          await judgedUnlessOpen(token, nonce);
          await judgedUnlessOpen(token.slice(0, token.length - cut), nonce);
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** Of a nonce that the page did not pass the judge knows what the report can't: it refuses. */
async function judgedUnlessOpen(token: string, nonce?: string): Promise<void> {
  const result = await reportIdToken(world, token, nonce);
  if (resultOf(result, "nonce").passed !== null || result.code !== null)
    return void (await judgeIdToken(world, token, nonce));
  expect(result.passes).not.toBe(true);
}
