/** What every store of bytes does; the suite that each runs. */

import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BlobStore } from "./blob-store.ts";

/**
 * @param open an empty store
 * @param temporary a directory on the file system of the store
 */
export function blobContract(name: string, open: () => BlobStore, temporary: () => string): void {
  describe(`${name}: bytes`, () => {
    let directory: string;
    let store: BlobStore;
    beforeEach(() => {
      directory = mkdtempSync(join(temporary(), "put-"));
      store = open();
    });
    afterEach(() => rmSync(directory, { recursive: true }));

    function fileOf(bytes: Buffer | string): string {
      const path = join(directory, randomUUID());
      writeFileSync(path, bytes);
      return path;
    }
    async function read(key: string): Promise<Buffer | null> {
      const found = await store.open(key);
      if (!found) return null;
      const bytes = Buffer.from(await new Response(found.bytes).arrayBuffer());
      expect(found.size).toBe(bytes.length);
      return bytes;
    }

    it.each([0, 1, 70_000, 3_000_000])("%i of them are read as they were put", async (size) => {
      const key = randomUUID();
      const bytes = randomBytes(size);
      await store.put(key, fileOf(bytes));
      expect(await read(key)).toEqual(bytes);
    });

    it("lie under the keys of attachments and of their thumbnails, each for itself", async () => {
      const key = randomUUID();
      await store.put(key, fileOf("picture"));
      await store.put(`${key}.thumbnail`, fileOf("thumbnail"));
      expect([String(await read(key)), String(await read(`${key}.thumbnail`))]).toEqual([
        "picture",
        "thumbnail",
      ]);
    });

    it("may be put again", async () => {
      const key = randomUUID();
      await store.put(key, fileOf("same"));
      await store.put(key, fileOf("same"));
      expect(String(await read(key))).toBe("same");
    });

    it("that are not there are null, and are removed without harm", async () => {
      const key = randomUUID();
      expect(await read(key)).toBeNull();
      await store.remove(key);
      await store.put(key, fileOf("x"));
      await store.remove(key);
      await store.remove(key);
      expect(await read(key)).toBeNull();
    });

    it("may be left half read", async () => {
      const key = randomUUID();
      await store.put(key, fileOf(randomBytes(3_000_000)));
      const found = await store.open(key);
      const reader = found?.bytes.getReader();
      await reader?.read();
      await reader?.cancel();
      expect((await read(key))?.length).toBe(3_000_000);
    });

    it("of a file that is not there can't be put, and nothing is there afterwards", async () => {
      const key = randomUUID();
      await expect(store.put(key, join(directory, "missing"))).rejects.toMatchObject({ code: "unavailable" });
      expect(await read(key)).toBeNull();
    });

    it.each(["../../etc/passwd", "a/b", "", "..", `${randomUUID()}/x`])(
      "are not read under %j",
      async (key) => {
        await expect(store.open(key)).rejects.toMatchObject({ code: "unavailable" });
        await expect(store.remove(key)).rejects.toMatchObject({ code: "unavailable" });
      },
    );
  });
}
