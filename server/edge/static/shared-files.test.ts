import { expect, test } from "vitest";
import { createSealer } from "../../config/secret.ts";
import { nothingShared, type SharedScripts } from "../../redis/shared-scripts.ts";
import { createSharedFiles } from "./shared-files.ts";
import { createStaticFile } from "./static-file.ts";

/** As much of Redis as is used. */
function fakeRedis() {
  const kept = new Map<string, string>();
  const scripts: SharedScripts = {
    async run(script, group, names, args) {
      const keys = names.map((name) => `${group}:${name}`);
      if (script.includes("EXPIRE")) return keys.some((key) => kept.has(key)) ? 1 : 0;
      if (script.includes("GET")) return keys.map((key) => kept.get(key) ?? null);
      for (const key of keys) kept.set(key, String(args[0]));
      return 1;
    },
  };
  return { kept, scripts };
}

const ownSecret = "the site's own secret";
/** Where a file is laid down that is sealed under that secret. */
const keyOf = (name: string) => `file:${name}:${createSealer(ownSecret).keyIds[0]}`;

function node(
  scripts: SharedScripts,
  files: Readonly<Record<string, string>>,
  secret = ownSecret,
  previous: string | null = null,
) {
  const own = Object.entries(files).map(
    ([name, text]) => [name, createStaticFile(Buffer.from(text), "text/javascript")] as const,
  );
  return createSharedFiles({ scripts, sealer: createSealer(secret, previous), files: new Map(own) });
}

test("a node finds the files of another build that a node beside it laid down", async () => {
  const { scripts } = fakeRedis();
  const [older, newer] = [
    node(scripts, { "main-aaaaaa.js": "old ü" }),
    node(scripts, { "main-bbbbbb.js": "new" }),
  ];
  await Promise.all([older.offer(), newer.offer()]);
  const file = await newer.find("main-aaaaaa.js");
  expect(file?.bytes.toString()).toBe("old ü");
  expect(file?.contentType).toBe("text/javascript");
  expect(await newer.find("main-aaaaaa.js")).toBe(file);
  expect((await older.find("main-bbbbbb.js"))?.bytes.toString()).toBe("new");
  expect(await older.find("main-cccccc.js")).toBeNull();
});

test("what was forgotten is laid down again", async () => {
  const { kept, scripts } = fakeRedis();
  const [one, other] = [node(scripts, { "main-aaaaaa.js": "old" }), node(scripts, {})];
  await one.offer();
  kept.clear();
  expect(await other.find("main-aaaaaa.js")).toBeNull();
  await one.offer();
  expect(await other.find("main-aaaaaa.js")).not.toBeNull();
});

test("nothing is taken that a node did not lay down under this name and this secret", async () => {
  const { kept, scripts } = fakeRedis();
  await node(scripts, { "main-aaaaaa.js": "old" }).offer();
  const sealed = kept.get(keyOf("main-aaaaaa.js")) ?? "";
  for (const [name, text] of [
    ["main-bbbbbb.js", "alert(1)"],
    ["main-cccccc.js", sealed],
  ] as const) {
    kept.set(keyOf(name), text);
    expect(await node(scripts, {}).find(name)).toBeNull();
  }
  expect(await node(scripts, {}, "another secret").find("main-aaaaaa.js")).toBeNull();
  expect(await node(scripts, {}).find("main-aaaaaa.js")).not.toBeNull();
});

test("while the secret is turned files are found under either, and none is lost with the former", async () => {
  const { scripts } = fakeRedis();
  const files = { "main-aaaaaa.js": "old" };
  const former = node(scripts, files, "the former secret");
  await former.offer();
  const turned = () => node(scripts, {}, ownSecret, "the former secret");
  expect(await turned().find("main-aaaaaa.js")).not.toBeNull();
  await node(scripts, files, ownSecret, "the former secret").offer();
  await former.offer();
  for (const beside of [turned(), node(scripts, {}), node(scripts, {}, "the former secret")])
    expect(await beside.find("main-aaaaaa.js")).not.toBeNull();
});

test("without Redis there are this node's own files alone, and nobody waits", async () => {
  const alone = node(nothingShared, { "main-aaaaaa.js": "own" });
  await alone.offer();
  expect(await alone.find("main-bbbbbb.js")).toBeNull();
});
