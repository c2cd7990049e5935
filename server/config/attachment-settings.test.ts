import { describe, expect, it } from "vitest";
import { defaultTypes } from "../attachment/kinds.ts";
import { type AttachmentSettings, readAttachments } from "./attachment-settings.ts";
import type { Reading } from "./reading.ts";

function read(value: unknown): { settings: AttachmentSettings; faults: readonly string[] } {
  const reading: Reading = { faults: [], warnings: [], env: { SCAN_TOKEN: "t" }, nowMs: 0 };
  const settings = readAttachments(reading, value);
  return { settings, faults: reading.faults.map(({ path }) => path) };
}

describe("The configuration's attachments", () => {
  it("take all kinds but archives and scan nothing unless told otherwise", () => {
    for (const value of [undefined, {}])
      expect(read(value)).toEqual({ settings: { types: defaultTypes, scan: null }, faults: [] });
    expect(read({ types: ["application/zip"] }).settings.types).toEqual(["application/zip"]);
    expect(read({ types: [] })).toMatchObject({ settings: { types: [] }, faults: [] });
  });

  it("may be scanned by a command, or by HTTP with a token of the environment", () => {
    expect(read({ scan: { command: ["clamdscan", "--no-summary"] } }).settings.scan).toEqual({
      by: "command",
      command: ["clamdscan", "--no-summary"],
      timeoutSeconds: 60,
    });
    const scan = { url: "http://scanner:8000/scan", token: { env: "SCAN_TOKEN" }, timeoutSeconds: 5 };
    expect(read({ scan }).settings.scan).toEqual({
      by: "http",
      url: "http://scanner:8000/scan",
      token: "t",
      timeoutSeconds: 5,
    });
    expect(read({ scan: { url: "https://scanner" } }).settings.scan).toMatchObject({ token: null });
  });

  it.each([
    ["attachments", "all"],
    ["attachments.size", { size: 1 }],
    ["attachments.types[0]", { types: ["text/html"] }],
    ["attachments.types", { types: "text/plain" }],
    ["attachments.scan", { scan: {} }],
    ["attachments.scan", { scan: { command: [] } }],
    ["attachments.scan", { scan: { command: "clamdscan" } }],
    ["attachments.scan", { scan: { command: ["clamdscan"], url: "http://x" } }],
    ["attachments.scan.url", { scan: { url: "file:///etc/passwd" } }],
    ["attachments.scan.timeoutSeconds", { scan: { url: "http://x", timeoutSeconds: 0 } }],
    ["attachments.scan.token", { scan: { url: "http://x", token: { env: "MISSING" } } }],
  ])("has a fault at %s: %j", (path, value) => {
    expect(read(value).faults).toEqual([path]);
  });
});
