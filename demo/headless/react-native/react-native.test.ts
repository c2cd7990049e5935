import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { HeadlessClient, HeadlessOptions } from "vouch/headless";
import { buildBundles } from "../../../.ci/build.ts";
import { picture } from "../../../server/attachment/testing/files.ts";
import { agentToken, startTestServer, type TestServer } from "../../../server/edge/testing/test-server.ts";
import { type Application, bundleOf, load } from "./context.ts";
import { createNetwork, cutOff, type DeviceNetwork } from "./network.ts";

type Client = typeof import("vouch/headless");

let script: string;
let directory: string;
beforeAll(async () => {
  await buildBundles();
  script = await bundleOf(join(import.meta.dirname, "../../../dist/headless/headless.js"));
  directory = mkdtempSync(join(tmpdir(), "vouch-react-native-"));
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true }));

test("the built client loads where there is nothing but ECMAScript, and asks for nothing", () => {
  const { exports, missed } = load<Client>(script, null);
  expect(Object.keys(exports).sort()).toEqual(["createHeadlessClient", "memoryStorage"]);
  expect(missed).toEqual([]);
  expect(load("var Application = typeof document", null).missed).toEqual(["document"]);
});

describe("on React Native", () => {
  let server: TestServer;
  let device: DeviceNetwork;
  let application: Application<Client>;
  let clients: HeadlessClient[];
  beforeEach(async () => {
    server = await startTestServer({ environment: { dataDir: directory } });
    device = createNetwork();
    application = load<Client>(script, device);
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    await server.close();
  });

  async function open(options: Partial<HeadlessOptions> = { randomUUID }): Promise<HeadlessClient> {
    const client = await application.exports.createHeadlessClient({
      url: server.url,
      deploymentId: "acme-web",
      ...options,
    });
    clients.push(client);
    return client;
  }

  async function signedIn(): Promise<HeadlessClient> {
    const client = await open();
    await client.login({ contactJwt: await server.token("ada") });
    await connected(client);
    return client;
  }

  const connected = (client: HeadlessClient) =>
    expect.poll(() => client.state().connection, { timeout: 20_000 }).toBe("live");

  /** As they stand in the conversation, with what waits. */
  const lines = (client: HeadlessClient) =>
    expect.poll(
      () =>
        client
          .state()
          .thread.entries.map((entry) =>
            entry.kind === "message" ? `${entry.message.seq} ${entry.message.text}` : `${entry.text} (waits)`,
          ),
      { timeout: 20_000 },
    );

  async function agentSays(text: string): Promise<void> {
    const list = await server.fetch("/api/v1/agent/conversations", { token: agentToken });
    const { conversations } = (await list.json()) as { conversations: readonly { id: string }[] };
    await server.fetch(`/api/v1/agent/conversations/${conversations[0]?.id}/messages`, {
      token: agentToken,
      json: { id: randomUUID(), text },
    });
  }

  test("a customer signs in, writes, is cut off, resumes, and logs out", async () => {
    const client = await signedIn();
    client.send("Is my order on its way?");
    await lines(client).toEqual(["1 Is my order on its way?"]);

    cutOff(device);
    await expect.poll(() => client.state().connection).not.toBe("live");
    client.send("Hello?");
    await agentSays("It is at your door.");
    await lines(client).toEqual(["1 Is my order on its way?", "Hello? (waits)"]);
    device.way = "all";
    client.networkChanged(true);
    await lines(client).toEqual(["1 Is my order on its way?", "2 It is at your door.", "3 Hello?"]);
    expect(client.state().unread).toBe(1);

    await client.logout();
    expect(client.state()).toMatchObject({ session: { kind: "loggedOut" }, thread: { entries: [] } });
    // What may be absent is asked for before it is used.
    expect(new Set(application.missed)).toEqual(new Set(["crypto"]));
  });

  test("where no WebSocket gets through, messages go over HTTP without streams", async () => {
    device.way = "httpOnly";
    const client = await signedIn();
    client.send("Do you hear me?");
    await lines(client).toEqual(["1 Do you hear me?"]);
    await agentSays("Yes.");
    await lines(client).toEqual(["1 Do you hear me?", "2 Yes."]);
  });

  test("sends a file of the device, and one that is in memory", async () => {
    const photo = join(directory, "photo.png");
    const bytes = await picture("png", { width: 120, height: 90 });
    writeFileSync(photo, bytes);
    const client = await signedIn();
    const parts: number[] = [];
    const uri = pathToFileURL(photo).href;
    const ofDevice = await client.upload(
      { uri, name: "door.png", type: "image/png" },
      { onProgress: (part) => parts.push(part) },
    );
    const inMemory = await client.upload({ bytes, name: `"Tür".png`, type: "image/png" });
    client.send("See", [ofDevice, inMemory]);
    await lines(client).toEqual(["1 See"]);
    const [entry] = client.state().thread.entries;
    expect(entry?.kind === "message" && entry.message.attachments).toMatchObject([
      { name: "door.png", type: "image/png", width: 120 },
      { name: expect.stringContaining("Tür"), width: 120 },
    ]);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts).toEqual(parts.toSorted((a, b) => a - b));
    expect(parts.at(-1)).toBe(1);
  });

  test("without randomness for ids it says what to hand in", async () => {
    await expect(open({})).rejects.toThrow("hand in randomUUID");
  });
});
