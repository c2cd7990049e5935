import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createHeadlessClient, type HeadlessClient } from "vouch/headless";
import { buildBundles } from "../../.ci/build.ts";
import { startTestServer, type TestServer } from "../../server/edge/testing/test-server.ts";

let server: TestServer;
let client: HeadlessClient;
let directory: string;
/** Whether the request of each upload was given up. */
let isAborted: (() => boolean)[];
/** The companion's answer to an upload comes after this. */
let answered: Promise<unknown>;
beforeAll(buildBundles, 120_000);
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "vouch-uploads-"));
  server = await startTestServer({
    environment: { dataDir: directory },
    limits: { attachmentBytes: 3_000_000 },
  });
  isAborted = [];
  answered = Promise.resolve();
  client = await createHeadlessClient({
    url: server.url,
    deploymentId: "acme-web",
    async fetch(address, init) {
      if (!String(address).endsWith("/attachments")) return fetch(address, init);
      isAborted.push(() => init?.signal?.aborted === true);
      const answer = await fetch(address, init);
      await answered;
      return answer;
    },
  });
  await client.login({ contactJwt: await server.token("ada") });
});
afterEach(async () => {
  client.close();
  await server.close();
  rmSync(directory, { recursive: true });
});

/** Bytes that no server takes for anything but what their name says. */
const text = new TextEncoder().encode("Dear support.\n".repeat(100_000));

describe("in Node", () => {
  test("takes Blobs, Files and bytes, and tells how much of each has gone", async () => {
    const parts: number[] = [];
    const onProgress = (part: number): void => void parts.push(part);
    const type = "text/plain";
    expect(await client.upload(new File([text], "a.txt"), { onProgress })).toMatchObject({
      name: "a.txt",
      type,
      size: text.length,
    });
    expect([parts.length > 2, parts.at(-1)]).toEqual([true, 1]);
    expect(await client.upload({ bytes: text, name: "b.txt", type })).toMatchObject({ name: "b.txt" });
    expect(await client.upload(new Blob([text]))).toMatchObject({ size: text.length });
  });

  test("rejects with what the companion says, before it where that is known, and where it is not there", async () => {
    const bytes = randomBytes(5000);
    const refused = client.upload({ bytes, name: "a.exe", type: "application/octet-stream" });
    await expect(refused).rejects.toMatchObject({ code: "attachment_refused", retryable: false });
    const tooLarge = client.upload(new Blob([new Uint8Array(3_000_001)]));
    await expect(tooLarge).rejects.toMatchObject({ code: "too_large", retryable: false });
    await server.close();
    await expect(client.upload(new Blob([text]))).rejects.toMatchObject({ code: "network", retryable: true });
  });

  test.each([
    ["by whoever began it", (stop: AbortController) => stop.abort()],
    ["before it began", (stop: AbortController) => stop.abort()],
    ["when the customer logs out", () => client.logout()],
    ["when somebody else signs in", async () => client.login({ contactJwt: await server.token("bob") })],
    ["with the client", () => client.close()],
  ] as const)("is given up %s", async (when, giveUp) => {
    const stop = new AbortController();
    if (when === "before it began") stop.abort();
    let givenUp: unknown;
    answered = new Promise(() => {});
    const upload = client.upload(new Blob([text, text]), {
      signal: stop.signal,
      onProgress: () => {
        givenUp ??= giveUp(stop) ?? "at once";
      },
    });
    await expect(upload).rejects.toMatchObject({ code: "destroyed" });
    expect(isAborted.map((told) => told())).toEqual([true]);
    await givenUp;
  });
});
