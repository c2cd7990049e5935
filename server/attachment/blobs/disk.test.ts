import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blobContract } from "./contract.suite.ts";
import { createDiskBlobs } from "./disk.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "vouch-blobs-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

blobContract(
  "Disk",
  () => createDiskBlobs(join(directory, "files")),
  () => directory,
);

describe("On the disk", () => {
  it("bytes are for this user alone, and nothing of their way there stays", async () => {
    const blobs = createDiskBlobs(join(directory, "own"));
    const key = randomUUID();
    const path = join(directory, "given");
    writeFileSync(path, "x", { mode: 0o600 });
    await blobs.put(key, path);
    expect(readdirSync(join(directory, "own"), { recursive: true })).toEqual([
      key.slice(0, 2),
      join(key.slice(0, 2), key),
    ]);
    expect(statSync(join(directory, "own", key.slice(0, 2))).mode & 0o77).toBe(0);
    expect(readdirSync(directory)).not.toContain("given");
  });

  it("a place that is no directory is unavailable", async () => {
    const path = join(directory, "file");
    writeFileSync(path, "x");
    await expect(createDiskBlobs(path).put(randomUUID(), path)).rejects.toMatchObject({
      code: "unavailable",
    });
  });
});
