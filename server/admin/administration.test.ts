import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { createLiveConfig } from "../config/live-config.ts";
import { readFileContent } from "../config/load.ts";
import { createSealer } from "../config/secret.ts";
import { rsa } from "../identity/fixtures/signing.ts";
import { noJwkSets } from "../identity/jwk-sets.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import type { Store } from "../store/store.ts";
import { createAdministration } from "./administration.ts";
import { createKeyUsage, type KeyUsage } from "./key-usage.ts";

let now: number;
let store: Store;
let keyUsage: KeyUsage;
let changes: number;
const clock = { now: () => now };
beforeEach(async () => {
  now = Date.UTC(2026, 10, 21);
  changes = 0;
  store = await openSqliteStore(":memory:");
  keyUsage = createKeyUsage({ store, clock });
});

/** A server that starts with this secret over what is stored. */
async function start(secret = "a master key for the tests, 32 characters or more") {
  const sealer = createSealer(secret);
  const file = await readFileContent({}, {}, clock);
  const config = await createLiveConfig({ file, store, sealer, clock, allowLoopback: false });
  const changed = () => void changes++;
  return createAdministration({
    config,
    sealer,
    clock,
    randomBytes,
    keyUsage,
    jwkSets: noJwkSets,
    changed,
  });
}

const generated = (kid: string) => ({ alg: "HS256", generate: true, kid });

describe("A community whose secret can't be opened any more", () => {
  async function withLostSecret() {
    const before = await start();
    await before.communities.create({ id: "acme" });
    await before.addKey("acme", generated("lost"));
    await before.addKey("acme", { kid: "fine", alg: "RS256", publicKey: rsa.publicPem });
    await before.deployments.create({ id: "acme-web", community: "acme" });
    return start("another master key for the tests, 32 characters or more");
  }

  test("is listed as left out, with its deployments and the reason", async () => {
    const administration = await withLostSecret();
    expect(administration.communities.list()).toEqual({
      items: [],
      leftOut: [
        { id: "acme", faults: [expect.objectContaining({ path: "communities/acme.keys[0].secret" })] },
      ],
    });
    expect(administration.deployments.list().leftOut).toMatchObject([{ id: "acme-web" }]);
    expect(() => administration.communities.get("acme")).toThrow(/left out: .*VOUCH_SECRET/);
    expect((await administration.keys("acme")).map(({ id }) => id)).toEqual(["lost", "fine"]);
  });

  test("is mended by taking the key out, and its deployments are back", async () => {
    const administration = await withLostSecret();
    await administration.removeKey("acme", "lost");
    expect(administration.communities.get("acme")).toMatchObject({ id: "acme" });
    expect(administration.deployments.get("acme-web")).toMatchObject({ community: "acme" });
  });

  test("may be removed once its deployments are", async () => {
    const administration = await withLostSecret();
    await expect(administration.communities.remove("acme")).rejects.toThrow(/acme-web: remove them first/);
    await administration.deployments.remove("acme-web");
    await administration.communities.remove("acme");
    expect(administration.communities.list()).toEqual({ items: [], leftOut: [] });
  });
});

describe("A key", () => {
  test("that was removed leaves no last use to another of its id", async () => {
    const administration = await start();
    await administration.communities.create({ id: "acme" });
    await administration.addKey("acme", generated("k"));
    now += 1000;
    keyUsage.used("acme", "k");
    expect(await administration.keys("acme")).toMatchObject([{ lastUsedAt: "2026-11-21T00:00:01.000Z" }]);
    await administration.removeKey("acme", "k");
    now += 1000;
    await administration.addKey("acme", generated("k"));
    expect(await administration.keys("acme")).toMatchObject([
      { createdAt: "2026-11-21T00:00:02.000Z", lastUsedAt: null },
    ]);
  });

  test("without a kid, as the only one, goes by the id “only”", async () => {
    const administration = await start();
    await administration.communities.create({ id: "acme" });
    await administration.addKey("acme", { alg: "RS256", publicKey: rsa.publicPem });
    expect(await administration.keys("acme")).toMatchObject([{ id: "only", kid: null }]);
    await expect(administration.addKey("acme", generated("second"))).rejects.toMatchObject({
      code: "request_invalid",
      faults: [{ path: "keys[0].kid" }],
    });
    await administration.removeKey("acme", "only");
    expect(await administration.keys("acme")).toEqual([]);
  });
});

test("whoever waits for changes is told of each, and of none that was refused", async () => {
  const administration = await start();
  await administration.communities.create({ id: "acme" });
  await administration.communities.change("acme", { name: "Acme" });
  await expect(administration.communities.change("acme", { nmae: "x" })).rejects.toThrow();
  await administration.communities.remove("acme");
  expect(changes).toBe(3);
});
