import fc from "fast-check";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import type { ProblemCode } from "../../../shared/problems.ts";
import type { Deployment } from "../../config/config.ts";
import type { TokenState } from "../../store/store.ts";
import { checkAgreement, outcomeOf, report, resultOf } from "../fixtures/checking.ts";
import { deployment, identity, setUpSigner } from "../fixtures/platform.ts";
import { community, nowSeconds, signed } from "../fixtures/signing.ts";
import type { CheckName } from "./report.ts";

const world = await setUpSigner();
const acme = await community();
const globex = await community({ id: "globex", keys: [] });
const place = (id: string, communityId: string): Deployment => ({ ...deployment, id, communityId });
const deployments = [deployment, place("acme-shop", "acme"), place("globex-web", "globex")];

const parts = { others: [globex], deployments, platformKeys: world.tokens.keys };
const told = (token: string, at?: Deployment) => report(token, acme, { ...parts, deployment: at });

/** Fails where report and gate are of two opinions. */
async function judged(token: string, at = deployment): Promise<ProblemCode | null> {
  const outcome = await outcomeOf(() => world.tokens.verify(token, at));
  const result = await told(token, at);
  expect(result).toMatchObject({ kind: "platformJwt", judgedAs: "platformJwt" });
  checkAgreement(result, outcome, token);
  return outcome.code;
}

const made = (changes: object = {}, header: object = {}) =>
  world.sign({ ...world.issued, ...changes }, header);
const good = await made();

/** Name; token; the check that fails; code; what cause and fix say. */
const rows: readonly (readonly [
  string,
  Promise<string> | string,
  CheckName,
  ProblemCode,
  RegExp,
  Deployment?,
])[] = [
  ["a space behind it", `${good} `, "form", "token_malformed", /white space/],
  ["too long", made({ x: "a".repeat(9000) }), "size", "token_too_large", /8 KiB|8192/],
  ["its own key", made({}, { jku: "https://a.example" }), "parameters", "header_not_allowed", /brings/],
  ["no kid", made({}, { kid: undefined }), "keyId", "key_id_required", /Exchange a Contact JWT/],
  ["another kid", made({}, { kid: "x" }), "key", "key_unknown", /No platform key.*Exchange a Contact JWT/],
  [
    "a community's key",
    signed({}, { alg: "RS256", kid: "rsa", typ: "vouch-platform+jwt" }),
    "key",
    "key_unknown",
    /signature is that of the key “rsa”\. Sign a Contact JWT with that key/,
  ],
  [
    "another algorithm",
    signed({}, { alg: "RS256", kid: world.kid, typ: "vouch-platform+jwt" }),
    "key",
    "algorithm_not_allowed",
    /platform JWTs use EdDSA/,
  ],
  [
    "other claims",
    `${good.slice(0, good.indexOf("."))}.${(await made({ sub: "x" })).split(".")[1]}.${good.split(".")[2]}`,
    "signature",
    "signature_invalid",
    /Exchange a Contact JWT/,
  ],
  [
    "claims of another release",
    made({ once: undefined }),
    "claims",
    "token_malformed",
    /another release.*Exchange/,
  ],
  ["expired", made({ exp: nowSeconds }), "expired", "token_expired", /Exchange a Contact JWT/],
  ["a life of 901 s", made({ exp: nowSeconds + 901 }), "lifetime", "expiry_too_far", /901 s; at most 900 s/],
  [
    "another deployment",
    good,
    "audience",
    "audience_mismatch",
    /for the deployment “acme-web”; expected “acme-shop”.*Pass it to acme-web/,
    place("acme-shop", "acme"),
  ],
  [
    "a deployment that there is not",
    made({ aud: "gone" }),
    "audience",
    "audience_mismatch",
    /no such deployment/,
  ],
  [
    "a deployment that has moved",
    made({ community: "initech" }),
    "audience",
    "audience_mismatch",
    /has moved to the community acme since/,
  ],
];

describe("The report of a platform JWT", () => {
  it("passes every check of its gate, in the gate's order", async () => {
    const { passes, kind, judgedAs, checks } = await told(good, deployment);
    expect({ passes, kind, judgedAs }).toEqual({
      passes: true,
      kind: "platformJwt",
      judgedAs: "platformJwt",
    });
    expect(checks.map(({ check, passed }) => [check, passed])).toEqual(
      [
        ...["deployment", "community", "policy", "size", "form", "encoding", "header", "payload"],
        ...["parameters", "type", "algorithm", "keyId", "key", "signature", "claims", "expired", "lifetime"],
        ...["audience", "revocation"],
      ]
        .map((check) => [check, true] as unknown[])
        .concat([["replay", null]]),
    );
    expect(resultOf(await told(good), "audience")).toMatchObject({
      found: "“acme-web”",
      expected: "“acme-web”",
    });
  });

  it.each(rows.map((row) => ({ name: row[0], row })))("tells what is wrong: $name", async ({ row }) => {
    const [, token, check, code, says, at] = row;
    expect(await judged(await token, at)).toBe(code);
    const result = resultOf(await told(await token, at), check);
    expect(result).toMatchObject({ passed: false, code });
    expect(`${result.cause} ${result.fix}`).toMatch(says);
  });

  it("presents it to the deployment that it names, where none is named", async () => {
    expect(await told(good)).toMatchObject({ passes: true });
    for (const aud of ["gone", "globex-web", "__proto__"]) {
      const result = await told(await made({ aud }));
      expect(result).toMatchObject({ passes: false, code: "audience_mismatch" });
      expect(resultOf(result, "deployment").passed).toBeNull();
    }
    const off = { ...parts, deployments: [{ ...deployment, active: false }] };
    expect(await report(good, acme, off)).toMatchObject({ passes: false, code: "deployment_inactive" });
  });

  it("can't tell without the keys, and does not let it pass", async () => {
    const result = await report(good, acme, { ...parts, platformKeys: null });
    expect(result).toMatchObject({ passes: null, code: null });
    for (const check of ["key", "signature"] as const)
      expect(resultOf(result, check)).toMatchObject({
        passed: null,
        cause: expect.stringMatching(/ask the server/),
      });
    const expired = await report(await made({ exp: 1 }), acme, { ...parts, platformKeys: null });
    expect(expired).toMatchObject({ passes: false, code: null });
    expect(resultOf(expired, "expired").code).toBe("token_expired");
    const early = await report(await made({}, { zip: "x" }), acme, { ...parts, platformKeys: null });
    expect(early).toMatchObject({ passes: false, code: "header_not_allowed" });
  });

  it.each<readonly [Partial<TokenState>, ProblemCode]>([
    [{ revoked: true }, "token_revoked"],
    [{ revoked: true, validAfterSeconds: nowSeconds + 1 }, "token_revoked"],
    [{ used: true }, "token_replayed"],
  ])("asks the store as its gate does: %j", async (state, code) => {
    const once = await made({ once: true });
    const asked: unknown[] = [];
    const lookUp = async (question: unknown) => {
      asked.push(question);
      return { revoked: false, used: false, validAfterSeconds: 0, ...state };
    };
    expect(await report(once, acme, { ...parts, lookUp })).toMatchObject({ passes: false, code });
    const { token, platformKey } = await world.tokens.verify(once, deployment);
    expect(asked).toEqual([{ token, communityId: "acme", platformKey }]);
    expect(platformKey).toBe(identity.platformKey);
  });

  it("agrees with the gate about any claims and any header under a good signature", async () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>("acme-web", "acme", "globex-web", undefined, null, true, {}),
      fc.integer({ min: nowSeconds - 2000, max: nowSeconds + 2000 }),
      fc.double(),
      fc.string({ unit: "binary", maxLength: 20 }),
    );
    const changes = (names: readonly string[]) =>
      fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(
        changes(Object.keys(decodeJwt(good))),
        changes(["kid", "x"]),
        fc.constantFrom(...deployments),
        fc.nat(40),
        async (payload, header, at, cut) => {
          const token = await made(payload, header).catch(() => good);
          await judged(token, at);
          const shorter = token.slice(0, token.length - cut);
          if ((await told(shorter)).judgedAs === "platformJwt") await judged(shorter, at);
        },
      ),
      { numRuns: 300 },
    );
  });
});
