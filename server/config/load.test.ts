import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { clock } from "../identity/fixtures/signing.ts";
import { env, example } from "./fixtures/example.ts";
import { loadConfig } from "./load.ts";

describe("A configuration file on disk", () => {
  const folder = mkdtempSync(join(tmpdir(), "vouch-config-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (content: string | Buffer): string => {
    const path = join(folder, "vouch.json");
    writeFileSync(path, content);
    return path;
  };
  const load = (path: string | null) => loadConfig(path, env, clock);

  it("is loaded, a byte order mark forgiven", async () => {
    expect((await load(file(`\uFEFF${JSON.stringify(example)}`))).communities.has("acme")).toBe(true);
  });

  it("that is absent is the empty configuration, with a warning", async () => {
    expect(await load(null)).toMatchObject({
      communities: new Map(),
      warnings: [expect.stringContaining("VOUCH_CONFIG")],
    });
  });

  it.each([
    [
      "a member twice",
      '{"communities":[{"id":"a","id":"b"}]}',
      { path: "communities[0].id", message: "is there twice" },
    ],
    ["a grammar fault", '{\n "siteId": 1,\n}', { path: "", message: expect.stringContaining("line 3") }],
    [
      "bytes that are no UTF-8",
      Buffer.from([0x7b, 0xff, 0x7d]),
      { path: "", message: expect.stringContaining("UTF-8") },
    ],
  ])("is refused for %s", async (_, content, fault) => {
    await expect(load(file(content))).rejects.toMatchObject({ name: "ConfigurationError", faults: [fault] });
  });

  it("is refused where it can't be read", async () => {
    await expect(load(join(folder, "none.json"))).rejects.toThrow(/none\.json can't be read \(ENOENT\)/);
  });
});
