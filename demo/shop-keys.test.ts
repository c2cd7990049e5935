import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keptShopKeys } from "./shop-keys.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "acme-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("the shop's keys are made once and kept for their owner only", async () => {
  const path = join(folder, "demo", "shop-keys.json");
  const first = await keptShopKeys(path);
  expect(await keptShopKeys(path)).toEqual(first);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, "utf8")).toContain("PRIVATE KEY");
});
