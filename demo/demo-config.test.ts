import { beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../server/config/config.ts";
import { parseConfig } from "../server/config/parse.ts";
import { createGate } from "../server/identity/gate.ts";
import { noJwkSets } from "../server/identity/jwk-sets.ts";
import { ProblemError } from "../shared/problem-error.ts";
import { demoConfig, deployments, oidcSecretVariable, sharedTokenVariable } from "./demo-config.ts";
import { findCustomer } from "./shop/customers.ts";
import { type Scenario, scenarios } from "./shop/scenarios.ts";
import { type TokenState, tokenInState } from "./shop/token-state.ts";
import { createShopKeys, type ShopKeys } from "./shop-keys.ts";

const now = new Date("2026-11-21T10:00:00Z");
let keys: ShopKeys;
let config: Config;
const providerUrl = "https://id.acme.example";
const environment = () => ({
  [sharedTokenVariable]: keys.shared.secret,
  [oidcSecretVariable]: keys.oidcSecret,
});

beforeAll(async () => {
  keys = await createShopKeys();
  config = await parseConfig(demoConfig({ keys, providerUrl }), environment());
});

/** The code of the refusal, or the platform key: what the companion itself makes of a page's token. */
async function verdict(scenario: Scenario, state: TokenState): Promise<string> {
  const ada = findCustomer("ada");
  const deployment = config.deployments.get(scenario.deploymentId);
  const community = config.communities.get(deployment?.communityId ?? "");
  if (!ada || !community) throw new Error("The demo's configuration does not hold together.");
  const gate = createGate({ clock: { now: () => now.getTime() }, limits: config.limits, jwkSets: noJwkSets });
  const token = await tokenInState(state, ada, { keys, alg: scenario.alg, now });
  try {
    return (await gate.verifyContactJwt(token, community)).platformKey;
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
}

describe("the demo's configuration", () => {
  test("is one that the companion takes, without a warning", () => {
    expect(config.warnings).toEqual([]);
    expect([...config.deployments.keys()]).toEqual(Object.values(deployments));
  });

  test("holds no private key, no secret and nothing of the stranger's", () => {
    const text = JSON.stringify(demoConfig({ keys, providerUrl }));
    for (const secret of [keys.shared.secret, keys.oidcSecret, keys.cookieSecret, keys.stranger.secret])
      expect(text).not.toContain(secret);
    expect(text).not.toContain("PRIVATE");
  });

  test("asks customers for a signed identity and lets visitors in elsewhere", () => {
    expect(config.communities.get("acme")?.signedIdentities).toBe("require");
    expect(config.communities.get("acme-visitors")?.signedIdentities).toBe("accept");
  });

  test("lets only the origins in that it is given", async () => {
    const allowedOrigins = ["https://shop.acme.example"];
    const strict = await parseConfig(demoConfig({ keys, providerUrl, allowedOrigins }), environment());
    expect(strict.deployments.get(deployments.customers)?.allowedOrigins).toEqual(allowedOrigins);
  });
});

const signing = scenarios.filter(({ backEnd }) => backEnd.includes("contact-jwt.ts"));

describe.each(signing)("the token of the page “$title”", (scenario) => {
  test.each([
    [
      "valid",
      scenario.slug === "visitors" ? "v1/acme-visitors/AUTH/jwt/uid:ada" : "v1/acme/AUTH/jwt/uid:ada",
    ],
    ["expired", "token_expired"],
    ["wrong-key", "signature_invalid"],
    ["tampered", "signature_invalid"],
    ["placeholder", "token_malformed"],
  ] as const)("%s: the companion says %s", async (state, expected) => {
    expect(await verdict(scenario, state)).toBe(expected);
  });
});
