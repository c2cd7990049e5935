import { decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { defaultLimits } from "../../shared/limits.ts";
import { createSealer } from "../config/secret.ts";
import { deployment, identity, sealer, setUp } from "./fixtures/platform.ts";
import { refusalCode } from "./fixtures/refusal.ts";
import { createPlatformTokens } from "./platform-tokens.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

describe("Platform keys", () => {
  it("are one for several nodes that start at the same time, and last over a restart", async () => {
    const { node, store } = await setUp();
    const [one, other] = await Promise.all([node(), node()]);
    expect(store.keys).toHaveLength(1);
    const { accessToken } = await one.issue(identity, "acme-web", false);
    expect((await other.verify(accessToken, deployment)).identity).toBe("user-123");
  });

  it("turn after 30 days; tokens of the old key live out their time, then it goes", async () => {
    const { tokens, clock, store } = await setUp();
    clock.time += 30 * day - 1;
    const old = await issueNow(tokens, clock);
    clock.time += 1;
    const fresh = await issueNow(tokens, clock);
    expect(decodeProtectedHeader(fresh).kid).not.toBe(decodeProtectedHeader(old).kid);
    expect((await tokens.jwks()).keys).toHaveLength(2);
    await tokens.verify(old, deployment);
    clock.time += 30 * minute - 1;
    expect((await tokens.jwks()).keys).toHaveLength(2);
    clock.time += 1;
    expect((await tokens.jwks()).keys).toMatchObject([{ kid: decodeProtectedHeader(fresh).kid }]);
    expect(store.keys).toHaveLength(1);
    expect(await refusalCode(() => tokens.verify(old, deployment))).toBe("key_unknown");
  });

  it("turn once for many requests at the same time", async () => {
    const { tokens, clock, store } = await setUp();
    clock.time += 30 * day;
    let added = 0;
    const { addPlatformKey } = store;
    store.addPlatformKey = (...key) => {
      added++;
      return addPlatformKey(...key);
    };
    await Promise.all(Array.from({ length: 10 }, () => issueNow(tokens, clock)));
    expect(added).toBe(1);
    expect(store.keys).toHaveLength(2);
  });

  it("turn once for several nodes at the same time", async () => {
    const { node, clock, store } = await setUp();
    const nodes = await Promise.all([node(), node()]);
    clock.time += 30 * day;
    await Promise.all(nodes.map((tokens) => issueNow(tokens, clock)));
    expect(store.keys).toHaveLength(2);
  });

  it("are left alone in the store while there is one, however many tokens are verified", async () => {
    const { tokens, clock, store } = await setUp();
    const asked: string[] = [];
    store.platformKeys = async () => {
      asked.push("read");
      return store.keys;
    };
    store.removePlatformKeys = async () => {
      asked.push("remove");
    };
    clock.time += day;
    const token = await issueNow(tokens, clock);
    for (let run = 0; run < 3; run++) await tokens.verify(token, deployment);
    expect(asked).toEqual([]);
  });

  it("that are unknown are looked for in the store again after five seconds, and not before", async () => {
    const { tokens, clock, store } = await setUp();
    const unknown = (await (await setUp()).tokens.issue(identity, "acme-web", false)).accessToken;
    let asked = 0;
    const { platformKeys } = store;
    store.platformKeys = () => {
      asked++;
      return platformKeys();
    };
    const counts: number[] = [];
    for (const passed of [0, 4999, 1, 4999, 1]) {
      clock.time += passed;
      expect(await refusalCode(() => tokens.verify(unknown, deployment))).toBe("key_unknown");
      counts.push(asked);
    }
    expect(counts).toEqual([0, 0, 1, 1, 2]);
  });

  it.each([
    ["that the store did not keep", { addPlatformKey: async () => [] }, "The store kept no platform key."],
    [
      "that are of another type",
      {
        platformKeys: async () => [
          { kid: "k", createdAt: 0, sealedJwk: sealer.seal('{"kty":"oct","k":"AQAB"}') },
        ],
      },
      "A stored platform key is not an Ed25519 key.",
    ],
  ])("%s keep the server from starting", async (_, changes, message) => {
    const { store, clock } = await setUp();
    const broken = { ...store, platformKeys: async () => [], ...changes };
    await expect(
      createPlatformTokens({ store: broken, sealer, clock, limits: defaultLimits }),
    ).rejects.toThrow(message);
  });

  it("of another node are found within seconds, without asking the store for each token", async () => {
    const { tokens, node, clock, store } = await setUp();
    clock.time += 30 * day;
    const fresh = await issueNow(await node(), clock);
    let asked = 0;
    const { platformKeys } = store;
    store.platformKeys = () => {
      asked++;
      return platformKeys();
    };
    expect((await tokens.verify(fresh, deployment)).identity).toBe("user-123");
    clock.time += 6000;
    const stranger = (await (await setUp()).tokens.issue(identity, "acme-web", false)).accessToken;
    for (let run = 0; run < 20; run++)
      expect(await refusalCode(() => tokens.verify(stranger, deployment))).toMatch(
        /key_unknown|token_expired/,
      );
    expect(asked).toBe(1);
  });

  it("are sealed in the store, and can't be opened under another VOUCH_SECRET", async () => {
    const { store, clock } = await setUp();
    expect(store.keys[0]?.sealedJwk).toMatch(/^v1\.[A-Za-z0-9_-]+$/);
    const other = createSealer("another master key for the tests, 32 characters or more");
    await expect(
      createPlatformTokens({ store, sealer: other, clock, limits: defaultLimits }),
    ).rejects.toThrow(/VOUCH_SECRET/);
  });
});

async function issueNow(
  tokens: Awaited<ReturnType<typeof createPlatformTokens>>,
  clock: { now(): number },
): Promise<string> {
  const expiresAtSeconds = clock.now() / 1000 + 3600;
  const current = {
    ...identity,
    token: { ...identity.token, expiresAtSeconds: Math.floor(expiresAtSeconds) },
  };
  return (await tokens.issue(current, "acme-web", false)).accessToken;
}
