import { beforeEach, describe, expect, test } from "vitest";
import { certificatePem } from "../identity/fixtures/certificate.ts";
import { rsa, secret } from "../identity/fixtures/signing.ts";
import type { ConfigurationKind } from "../store/configuration-store.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import type { Store } from "../store/store.ts";
import { createLiveConfig, type LiveConfig } from "./live-config.ts";
import { readFileContent } from "./load.ts";
import { createSealer } from "./secret.ts";

const sealer = createSealer("a master key for the tests, 32 characters or more");
const file = {
  communities: [{ id: "filed", keys: [{ kid: "k", alg: "RS256", publicKey: rsa.publicPem }] }],
  deployments: [{ id: "filed-web", community: "filed" }],
};

let now: number;
let store: Store;
const clock = { now: () => now };
beforeEach(async () => {
  now = Date.UTC(2026, 10, 21);
  store = await openSqliteStore(":memory:");
});

const start = async (json: object = file, opener = sealer): Promise<LiveConfig> =>
  createLiveConfig({
    file: await readFileContent(json, {}, clock),
    store,
    sealer: opener,
    clock,
    allowLoopback: false,
  });

const change = (
  config: LiveConfig,
  kind: ConfigurationKind,
  settings: Record<string, unknown> & { id: string },
) =>
  config.change({
    kind,
    id: settings.id,
    audit: { actor: "test", action: `${kind}.changed`, target: settings.id, detail: "" },
    decide: () => ({ settings, keysCreatedAt: {} }),
  });

const sealed = (text: string) => ({ kid: "s", alg: "HS256", secret: { sealed: sealer.seal(text) } });

describe("Another file while the server runs", () => {
  const read = (json: object) => readFileContent(json, {}, clock);

  test("counts as at a restart: its objects are its own, and a stored one that it clashes with is left out", async () => {
    const config = await start();
    const issuer = { issuer: "https://issuer.example" };
    for (const id of ["made", "other"]) await change(config, "community", { id, name: "Stored" });
    await change(config, "community", { id: "clashing", ...issuer });
    await config.reload(await read({ communities: [{ id: "made", name: "Filed", ...issuer }] }));
    expect([...config.communities.values()].map(({ id, name }) => [id, name])).toEqual([
      ["made", "Filed"],
      ["other", "Stored"],
    ]);
    expect(config.warnings).toContainEqual(expect.stringMatching(/communities\/clashing is left out/));
    await expect(change(config, "community", { id: "made" })).rejects.toMatchObject({ code: "forbidden" });
    await change(config, "community", { id: "filed" });
    await config.reload(await read({}));
    expect([...config.communities.keys()]).toEqual(["made", "other", "clashing", "filed"]);
    expect(config.communities.get("made")?.name).toBe("Stored");
  });

  test("keeps what was handed out at start, with a warning", async () => {
    const config = await start({ siteId: 1 });
    await config.reload(await read({ siteId: 2, limits: { tokenBytes: 512 } }));
    expect(config).toMatchObject({ siteId: 1, limits: { tokenBytes: 8192 } });
    const of = (name: string) => `A change of ${name} counts after a restart only.`;
    expect(config.warnings).toEqual([of("siteId"), of("limits")]);
  });

  test("waits for the change under way, and leaves all as it was where the store can't be read", async () => {
    const config = await start();
    const making = change(config, "community", { id: "made" });
    await Promise.all([making, config.reload(await read({ communities: [{ id: "made", name: "Filed" }] }))]);
    expect(config.communities.get("made")?.name).toBe("Filed");
    await store.close();
    await expect(config.reload(await read({}))).rejects.toThrow();
    expect(config.communities.get("made")?.name).toBe("Filed");
  });
});

describe("The configuration while the server runs", () => {
  test("is the file's and the store's together, at once and after a restart", async () => {
    const config = await start();
    await change(config, "community", { id: "made", keys: [sealed(secret)] });
    await change(config, "deployment", { id: "made-web", community: "made" });
    for (const each of [config, await start()]) {
      expect([...each.communities.keys()]).toEqual(["filed", "made"]);
      expect([...each.deployments.keys()]).toEqual(["filed-web", "made-web"]);
      expect(each.communities.get("made")?.keys).toMatchObject([{ kid: "s", alg: "HS256" }]);
    }
  });

  test("keeps secrets sealed in the store", async () => {
    await change(await start(), "community", { id: "made", keys: [sealed(secret)] });
    expect(JSON.stringify(await store.configuration())).not.toContain(secret);
  });

  test("takes what is of the file from the file alone", async () => {
    const config = await start();
    await expect(change(config, "community", { id: "filed" })).rejects.toMatchObject({ code: "forbidden" });
    await expect(change(config, "deployment", { id: "filed-web", community: "filed" })).rejects.toMatchObject(
      {
        code: "forbidden",
      },
    );
    expect((await store.configuration()).revision).toBe(0);
  });

  test("lets a stored object belong to the file's community", async () => {
    const config = await start();
    await change(config, "deployment", { id: "second-web", community: "filed" });
    expect(config.deployments.get("second-web")?.communityId).toBe("filed");
  });

  test("loses no change of many at once, on one node or on two", async () => {
    const [one, other] = [await start(), await start()];
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        change(n % 4 === 0 ? other : one, "community", { id: `made-${n}`, active: false }),
      ),
    );
    expect((await store.configuration()).objects).toHaveLength(12);
    await change(one, "community", { id: "last" });
    expect(one.communities.size).toBe(14);
    expect(await store.auditEntries({ limit: 100 })).toHaveLength(13);
  });
});

describe("A change is refused, and changes nothing,", () => {
  const shared = { issuer: "https://issuer.example" };
  test.each([
    ["for an unknown member", { id: "made", nmae: "x" }, "nmae"],
    ["for an id that is none", { id: "a b" }, "id"],
    ["for a weak secret", { id: "made", keys: [sealed("short")] }, "keys[0].secret"],
    [
      "for two keys of one kid",
      { id: "made", keys: [sealed(secret), { kid: "s", alg: "RS256", publicKey: rsa.publicPem }] },
      "keys[1].kid",
    ],
    ["for an issuer that serves another community", { id: "made", ...shared }, "issuer"],
    [
      "for a variable of the environment",
      { id: "made", keys: [{ alg: "HS256", secret: { env: "PATH" } }] },
      "keys[0].secret",
    ],
    [
      "for a sealed text where no secret belongs",
      { id: "made", name: { sealed: sealer.seal("platform key") } },
      "name",
    ],
    ["for a plain http address", { id: "made", keys: [{ jwksUrl: "http://a.example/" }] }, "keys[0].jwksUrl"],
  ])("%s", async (_, settings, path) => {
    const config = await start({ communities: [{ id: "filed", ...shared }] });
    const before = config.communities;
    await expect(change(config, "community", settings)).rejects.toMatchObject({
      code: "request_invalid",
      faults: [{ path }],
    });
    expect(config.communities).toBe(before);
    expect(await store.auditEntries({ limit: 1 })).toEqual([]);
  });

  test("where another object would lose its place by it", async () => {
    const config = await start();
    await change(config, "community", { id: "made" });
    await change(config, "deployment", { id: "made-web", community: "made" });
    const removal = config.change({
      kind: "community",
      id: "made",
      audit: { actor: "test", action: "community.removed", target: "made", detail: "" },
      decide: () => null,
    });
    await expect(removal).rejects.toMatchObject({
      code: "request_invalid",
      faults: [{ path: "deployments/made-web.community" }],
    });
    expect(config.communities.has("made")).toBe(true);
  });
});

describe("What is stored and can't stand", () => {
  test("is left out with a warning that names it and the fix, and the rest starts", async () => {
    const config = await start();
    await change(config, "community", { id: "made", keys: [sealed(secret)] });
    await change(config, "community", { id: "fine" });
    await change(config, "deployment", { id: "made-web", community: "made" });
    const other = createSealer("another master key for the tests, 32 characters or more");
    const restarted = await start(file, other);
    expect([...restarted.communities.keys()]).toEqual(["filed", "fine"]);
    expect([...restarted.deployments.keys()]).toEqual(["filed-web"]);
    expect(restarted.warnings).toContainEqual(
      expect.stringMatching(/^communities\/made is left out: keys\[0\]\.secret .*VOUCH_SECRET_PREVIOUS/),
    );
    expect(restarted.entries("community").find(({ id }) => id === "made")?.faults).toHaveLength(1);
    // Neither is an unrelated change held up by it, nor its own repair.
    await change(restarted, "community", { id: "another" });
    await change(restarted, "community", { id: "made" });
    expect([...restarted.deployments.keys()]).toEqual(["filed-web", "made-web"]);
  });

  test("gives way to an object of its id that the file has now", async () => {
    await change(await start(), "community", { id: "made", name: "Stored" });
    const restarted = await start({ communities: [...file.communities, { id: "made", name: "Filed" }] });
    expect(restarted.communities.get("made")?.name).toBe("Filed");
    expect(restarted.entries("community").map(({ id, managedBy }) => [id, managedBy])).toEqual([
      ["filed", "file"],
      ["made", "file"],
    ]);
    expect(restarted.warnings).toContainEqual(expect.stringMatching(/communities\/made is left out: .*file/));
  });

  test("is not what the file has: of two that clash the stored one goes", async () => {
    const config = await start();
    const clash = { issuer: "https://issuer.example" };
    await change(config, "community", { id: "z-first", ...clash });
    const restarted = await start({ communities: [{ id: "filed", ...clash }] });
    expect([...restarted.communities.keys()]).toEqual(["filed"]);
    await expect(change(config, "community", { id: "a-second", ...clash })).rejects.toMatchObject({
      faults: [{ path: "issuer" }],
    });
  });

  test("is the younger of two stored ones, whatever their names and the clock", async () => {
    const clash = { issuer: "https://issuer.example" };
    const config = await start({});
    await change(config, "community", { id: "z-older", ...clash, keys: [sealed(secret)] });
    // Left out for a while, and nothing keeps its issuer.
    const other = createSealer("another master key for the tests, 32 characters or more");
    await change(await start({}, other), "community", { id: "a-younger", ...clash });
    const restarted = await start({});
    expect([...restarted.communities.keys()]).toEqual(["z-older"]);
    expect(restarted.entries("community").find(({ id }) => id === "a-younger")?.faults).toHaveLength(1);
  });

  test("is no certificate that expired while the server ran: the next change is not its affair", async () => {
    const publicKey = certificatePem(rsa, now - 1000, now + 60_000);
    const config = await start({ communities: [] });
    await change(config, "community", { id: "certified", keys: [{ kid: "c", alg: "RS256", publicKey }] });
    now += 3_600_000;
    await change(config, "community", { id: "made" });
    expect([...config.communities.keys()]).toEqual(["certified", "made"]);
  });
});
