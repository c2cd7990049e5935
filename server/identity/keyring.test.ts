import { describe, expect, it } from "vitest";
import { refusal } from "./fixtures/refusal.ts";
import { community } from "./fixtures/signing.ts";
import { type JwkSets, type KeyRequest, noJwkSets } from "./jwk-sets.ts";
import { findKey } from "./keyring.ts";

const configured = await community();
const [configuredKey] = configured.keys;
const both = { ...configured, jwksUrls: ["https://login.acme.example/jwks.json"] };
const onlyByUrl = { ...both, keys: [] };

/** Sets that have no key, and note what they are asked for. */
function emptySets(): JwkSets & { readonly asked: readonly KeyRequest[] } {
  const asked: KeyRequest[] = [];
  const find = async (request: KeyRequest) => {
    asked.push(request);
    return null;
  };
  return { ...noJwkSets, find, asked };
}

describe("The key of a token", () => {
  it("is at hand where it is configured: no promise is made, no set is asked", () => {
    const sets = emptySets();
    expect(findKey({ alg: "RS256", kid: "rsa" }, both, sets)).toBe(configuredKey);
    expect(sets.asked).toEqual([]);
  });

  it("is asked of the sets where no configured key has its kid", async () => {
    const sets = { ...noJwkSets, find: async () => configuredKey ?? null };
    expect(await findKey({ alg: "RS256", kid: "new" }, both, sets)).toBe(configuredKey);
  });

  it("is asked for with the community, its addresses, kid and alg", async () => {
    const sets = emptySets();
    await refusal(() => findKey({ alg: "ES256", kid: "new" }, both, sets));
    expect(sets.asked).toEqual([{ communityId: "acme", urls: both.jwksUrls, kid: "new", alg: "ES256" }]);
  });
});

describe("A token is refused", () => {
  it.each([
    [
      "of an algorithm that no key has",
      configured,
      "PS256",
      "rsa",
      "algorithm_not_allowed",
      /“PS256”.*RS256, ES256, HS256/,
    ],
    [
      "where there are no keys",
      { ...configured, keys: [] },
      "RS256",
      "rsa",
      "algorithm_not_allowed",
      /has no keys/,
    ],
    [
      "of another algorithm than its key's",
      both,
      "PS256",
      "rsa",
      "algorithm_not_allowed",
      /“rsa” is for RS256/,
    ],
    [
      "with a shared token's unknown kid",
      both,
      "HS256",
      "new",
      "key_unknown",
      /“new”.*shared, and no JWK set/,
    ],
    [
      "with a shared token, where keys come by URL only",
      onlyByUrl,
      "HS256",
      "new",
      "algorithm_not_allowed",
      /HS256/,
    ],
    [
      "with a kid that nobody has",
      configured,
      "RS256",
      "new",
      "key_unknown",
      /are rsa, rsa-2, ec, shared\.$/,
    ],
    [
      "with a kid where the one key has none",
      { ...configured, keys: configured.keys.slice(0, 1).map((key) => ({ ...key, kid: null })) },
      "RS256",
      "new",
      "key_unknown",
      /are \(none\)\.$/,
    ],
    ["with a kid that no set has", onlyByUrl, "RS256", "new", "key_unknown", /are none, and no JWK set/],
    [
      "without a kid where two keys could serve",
      configured,
      "RS256",
      null,
      "key_id_required",
      /2 keys could serve/,
    ],
    [
      "without a kid where a set could serve too",
      both,
      "ES256",
      null,
      "key_id_required",
      /more than one key/,
    ],
  ] as const)("%s", async (_, place, alg, kid, code, sentence) => {
    const problem = await refusal(() => findKey({ alg, kid }, place, emptySets()));
    expect(problem.code).toBe(code);
    expect(problem.message).toMatch(sentence);
  });

  it("as worth another try where nothing is fetched", async () => {
    const problem = await refusal(() => findKey({ alg: "RS256", kid: "new" }, both, noJwkSets));
    expect(problem.code).toBe("keyset_unavailable");
    expect(problem.message).toMatch(/“new”.*can't be reached/);
    expect(noJwkSets.status(both.jwksUrls)).toEqual([]);
  });
});
