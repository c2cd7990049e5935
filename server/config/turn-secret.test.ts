import { beforeEach, expect, test } from "vitest";
import { createLog } from "../observability/log.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import type { Store } from "../store/store.ts";
import { createSealer } from "./secret.ts";
import { turnSecret } from "./turn-secret.ts";

const secret = "a master key for the tests, 32 characters or more";
const former = "a former master key for the tests, 32 characters";

let store: Store;
let lines: string[];
beforeEach(async () => {
  lines = [];
  store = await openSqliteStore(":memory:");
  const sealedJwk = createSealer(former).seal("a private key");
  await store.addPlatformKey({ kid: "k", sealedJwk, createdAt: 1 }, 0);
});

const turn = (current: string, previousSecret: string | null) =>
  turnSecret({
    store,
    sealer: createSealer(current, previousSecret),
    environment: { previousSecret },
    log: createLog("info", { write: (line: string) => void lines.push(line) }),
  });

test("what is stored under the former secret is stored under the current one, and the former may go", async () => {
  await turn(secret, former);
  expect(lines.join()).toContain("take VOUCH_SECRET_PREVIOUS out");
  const [key] = await store.platformKeys();
  expect(createSealer(secret).open(key?.sealedJwk ?? "")).toBe("a private key");
  await turn(secret, null);
});

test("what opens with neither is counted, kept as it is, and the former secret is not declared done", async () => {
  const foreign = createSealer(`somebody else's ${former}`).seal("x");
  await store.changeConfiguration({
    kind: "community",
    id: "acme",
    document: JSON.stringify({ settings: { keys: [{ secret: { sealed: foreign } }] } }),
    revision: 0,
    at: 1,
    audit: { actor: "a", action: "b", target: "c", detail: "d" },
  });
  await turn(secret, former);
  expect(lines.join()).toContain("1 stored secrets open with neither");
  expect((await store.configuration()).objects[0]?.document).toContain(foreign);
});

test("nothing is said where nothing is turned", async () => {
  await turn(former, null);
  expect(lines).toEqual([]);
});

test("a secret that opens nothing is bad configuration, with or without a former one", async () => {
  const fault = { name: "ConfigurationError", faults: [{ path: "VOUCH_SECRET" }] };
  await expect(turn(secret, null)).rejects.toMatchObject(fault);
  await expect(turn(secret, `another ${former}`)).rejects.toMatchObject(fault);
});
