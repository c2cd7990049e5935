import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { blobContract } from "./contract.suite.ts";
import { createS3Blobs } from "./s3.ts";
import { type S3Server, startS3Server } from "./testing/s3-server.ts";

let directory: string;
let server: S3Server;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "vouch-s3-"));
  server = await startS3Server(join(directory, "s3"));
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

blobContract(
  "S3",
  () => createS3Blobs(server.settings, fetch),
  () => directory,
);

describe("A bucket", () => {
  afterEach(() => server.heal());

  function put(more: Partial<S3Server["settings"]> = {}) {
    const path = join(directory, "given");
    writeFileSync(path, "x");
    return createS3Blobs({ ...server.settings, ...more }, fetch).put(randomUUID(), path);
  }

  it("takes what is signed with its key, and nothing else", async () => {
    await put();
    await expect(put({ secretAccessKey: "other" })).rejects.toMatchObject({
      code: "unavailable",
      cause: { message: "The store answered with status 403, SignatureDoesNotMatch." },
    });
  });

  it("that fails, refuses or is not there is unavailable, for every question", async () => {
    const blobs = createS3Blobs(server.settings, fetch);
    for (const status of [500, 503, 403, 301]) {
      server.fail(status);
      for (const ask of [put, () => blobs.open(randomUUID()), () => blobs.remove(randomUUID())])
        await expect(ask()).rejects.toMatchObject({ code: "unavailable" });
    }
    await expect(put({ bucket: "missing" })).rejects.toMatchObject({ code: "unavailable" });
    await expect(put({ endpoint: "http://127.0.0.1:9" })).rejects.toMatchObject({ code: "unavailable" });
  });

  it("has everything under its prefix", async () => {
    await put();
    const names = readdirSync(join(directory, "s3", "attachments"), { recursive: true }).map(String);
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) expect(name).toMatch(/^chat(\/|$)/);
  });

  it("of Amazon's own is asked by its name in the host, with temporary credentials where there are any", async () => {
    const asked: Request[] = [];
    const recording: typeof fetch = async (url, init) => {
      asked.push(new Request(String(url), { method: "GET", headers: init?.headers ?? {} }));
      return new Response("", { status: 404 });
    };
    const settings = { ...server.settings, endpoint: null, sessionToken: "temporary" };
    const key = randomUUID();
    expect(await createS3Blobs(settings, recording).open(key)).toBeNull();
    expect(asked[0]?.url).toBe(`https://attachments.s3.eu-central-1.amazonaws.com/chat/${key}`);
    expect(asked[0]?.headers.get("x-amz-security-token")).toBe("temporary");
    expect(asked[0]?.headers.get("authorization")).toContain("x-amz-security-token");
  });
});
