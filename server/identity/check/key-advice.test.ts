import { describe, expect, it } from "vitest";
import type { Community } from "../../config/config.ts";
import { globexSigner, report, resultOf } from "../fixtures/checking.ts";
import { claims, community, ec, ed, header, otherRsa, rsa, signed } from "../fixtures/signing.ts";
import { type JwkSets, noJwkSets } from "../jwk-sets.ts";

const acme = await community();
const globexKey = { kid: "globex-1", alg: "RS256", publicKey: globexSigner.publicPem };
const globex = await community({ id: "globex", keys: [globexKey] });
const nameless = await community({
  id: "globex",
  keys: [{ alg: "RS256", publicKey: globexSigner.publicPem }],
});

const told = async (token: string, place: Community = acme, others: readonly Community[] = [globex]) => {
  const result = resultOf(await report(token, place, { others }), "key");
  expect(result.passed).toBe(false);
  return result;
};
const kid = (name: string, key = ed.privateKey) => signed(claims, { alg: "EdDSA", kid: name }, key);
const as = (name: string) => signed(claims, { ...header, kid: name }, rsa.privateKey);

describe("A kid that no key has", () => {
  it.each([
    [
      "globex-1",
      "The community globex has a key of this id.",
      "Pass the token to a deployment of globex, or sign it with a key of acme.",
    ],
    [
      "RSA 2",
      "It differs from “rsa-2” in case, white space or punctuation only.",
      "Write kid exactly as the key is configured: “rsa-2”.",
    ],
    ["sharde", "“shared” is configured.", "If that is meant, write kid as “shared”."],
    ["2019", "The signature is that of the key “rsa”.", "Put “kid”: “rsa” into the token's header."],
  ])("%s", async (name, cause, fix) => {
    const result = await told(await as(name));
    expect(result).toMatchObject({ code: "key_unknown", fix });
    expect(result.cause?.endsWith(` ${cause}`)).toBe(true);
  });

  it.each([
    ["another community's key", globex, "the key “globex-1” of the community globex"],
    ["its key without an id", nameless, "the RS256 key without an id of the community globex"],
  ])("with the signature of %s", async (_, other, signer) => {
    const token = await signed(claims, { ...header, kid: "2019" }, globexSigner.privateKey);
    const result = await told(token, acme, [other]);
    expect(result.cause?.endsWith(` The signature is that of ${signer}.`)).toBe(true);
    expect(result.fix).toBe("Pass the token to a deployment of globex.");
  });

  it("with the signature of a key that has no id", async () => {
    const place = await community({ keys: [{ alg: "RS256", publicKey: rsa.publicPem }] });
    const result = await told(await as("2019"), place);
    expect(result.cause?.endsWith(" The signature is that of the RS256 key without an id.")).toBe(true);
    expect(result.fix).toBe("Give the configured key a kid, and put it into the token's header.");
  });

  it("and a signature that no key made", async () => {
    const token = await signed(claims, { alg: "ES256", kid: "2019" }, ec.privateKey);
    const place = await community({ keys: [{ kid: "ec", alg: "ES256", publicKey: ec.publicPem }] });
    expect((await told(token, place)).fix).toBe("Put “kid”: “ec” into the token's header.");
    const forged = `${token.slice(0, token.lastIndexOf("."))}.${"A".repeat(86)}`;
    expect((await told(forged, place)).cause).not.toMatch(/signature/);
  });
});

it("Without a kid the key that signed is named", async () => {
  const result = await told(await signed(claims, { alg: "RS256" }, otherRsa.privateKey));
  expect(result).toMatchObject({
    code: "key_id_required",
    fix: "Put “kid”: “rsa-2” into the token's header.",
  });
  const unsigned = await signed(claims, { alg: "RS256" }, globexSigner.privateKey);
  expect((await told(unsigned, acme, [])).cause).not.toMatch(/signature/);
});

describe("A JWK set that has not the key", () => {
  const url = "https://login.acme.example/jwks.json";
  const status = { url, fetchedAt: null, failingSince: null, failure: null, keys: [], leftOut: [] };
  const setsOf = (...more: readonly object[]): JwkSets => ({
    find: async () => null,
    sweep() {},
    close() {},
    status: () => more.map((one) => ({ ...status, ...one })),
  });
  const ask = async (name: string, ...more: readonly object[]) => {
    const place = await community({ keys: [{ jwksUrl: url }] });
    return resultOf(await report(await kid(name), place, { jwkSets: setsOf(...more) }), "key");
  };
  const known = { keys: [{ kid: "ed-1", alg: "EdDSA" }] };
  const leftOut = { leftOut: [{ index: 0, kid: "ed-1", reason: "is for encryption" }] };
  it.each([
    [
      "because it was left out",
      "ed-1",
      [{ leftOut: [{ index: 0, kid: "x", reason: "is odd" }] }, leftOut],
      "The JWK set has a key of this id that is left out: is for encryption.",
      "Publish a key that is allowed, and sign with it.",
    ],
    [
      "but one of nearly its id",
      "ED_1",
      [known],
      "It differs from “ed-1” in case, white space or punctuation only.",
      "Write kid exactly as the key is configured: “ed-1”.",
    ],
    [
      "but one of a similar id",
      "ed-2",
      [{}, known],
      "“ed-1” is configured.",
      "If that is meant, write kid as “ed-1”.",
    ],
  ])("%s", async (_, name, sets, cause, fix) => {
    const result = await ask(name, ...sets);
    expect(result.cause?.endsWith(` ${cause}`)).toBe(true);
    expect(result.fix).toBe(fix);
  });

  it("because it can't be fetched, in the network's own words", async () => {
    const place = await community({ keys: [{ jwksUrl: url }] });
    const down = async (...more: readonly object[]) => {
      const jwkSets = { ...setsOf(...more), find: noJwkSets.find };
      return resultOf(await report(await kid("ed-1"), place, { jwkSets }), "key");
    };
    expect(await down({}, { failure: "It answered 500." })).toMatchObject({
      code: "keyset_unavailable",
      cause: expect.stringMatching(/ It answered 500\.$/),
    });
    expect((await down({})).cause).not.toMatch(/answered|null|undefined/);
  });

  it("nor any like it", async () => {
    expect((await ask("something-else", known, leftOut)).cause).not.toMatch(/ed-1/);
  });
});
