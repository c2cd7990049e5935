import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { defaultLimits, type Limits } from "../../shared/limits.ts";
import { openFor, start } from "../store/contract/fixtures.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import type { SessionDetails, Store } from "../store/store.ts";
import { assembleAttachments } from "./assemble.ts";
import { startS3Server } from "./blobs/testing/s3-server.ts";
import { defaultTypes } from "./kinds.ts";
import { pdf, picture, text } from "./testing/files.ts";

let directory: string;
let store: Store;
let ada: SessionDetails;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "vouch-assemble-"));
  store = await openSqliteStore(":memory:");
  ada = await openFor(store, "ada");
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

type Parts = Parameters<typeof assembleAttachments>[0];

function assemble(parts: {
  readonly storage?: Parts["storage"];
  readonly settings?: Partial<Parts["settings"]>;
  readonly limits?: Partial<Limits>;
}) {
  const attachments = assembleAttachments({
    dataDir: directory,
    storage: parts.storage ?? { kind: "disk" },
    settings: { types: defaultTypes, scan: null, ...parts.settings },
    limits: { ...defaultLimits, ...parts.limits },
    store,
    clock: { now: () => start },
    failed: () => {},
  });
  return {
    ...attachments,
    send: (bytes: Buffer, name: string) =>
      attachments.receive({
        conversationId: ada.conversation.id,
        uploader: "contact",
        sessionId: ada.session.id,
        name,
        bytes: (async function* () {
          yield bytes;
        })(),
      }),
  };
}

const contact = () => ({ kind: "contact", conversationId: ada.conversation.id }) as const;
const refused = { code: "attachment_refused" };
const files = () => {
  const path = join(directory, "attachments");
  return existsSync(path) ? readdirSync(path).filter((name) => name !== "incoming") : [];
};

describe("Attachments as their operator wants them", () => {
  it("lie in the data directory where nothing else is said", async () => {
    const { id } = await assemble({}).send(text, "a.txt");
    expect(files()).toEqual([id.slice(0, 2)]);
  });

  it("lie in the bucket that is named, and nowhere else", async () => {
    const s3 = await startS3Server(join(directory, "s3"));
    onTestFinished(() => s3.close());
    const attachments = assemble({ storage: { kind: "s3", settings: s3.settings } });
    const { id } = await attachments.send(text, "a.txt");
    expect(files()).toEqual([]);
    const { bytes } = await attachments.open(id, "file", contact());
    expect(await new Response(bytes).text()).toBe(text.toString());
    s3.fail(503);
    await expect(attachments.open(id, "file", contact())).rejects.toMatchObject({ code: "unavailable" });
  });

  it("are looked at by the command that is configured", async () => {
    const command = [process.execPath, "-e", "process.exit(1)"] as const;
    const attachments = assemble({ settings: { scan: { by: "command", command, timeoutSeconds: 20 } } });
    await expect(attachments.send(text, "a.txt")).rejects.toMatchObject(refused);
    expect(files()).toEqual([]);
  });

  it("are looked at by the address that is configured", async () => {
    const scanner = createServer((_, response) => void response.end('{"clean":false}')).listen(
      0,
      "127.0.0.1",
    );
    onTestFinished(() => void scanner.close());
    await once(scanner, "listening");
    const url = `http://127.0.0.1:${(scanner.address() as AddressInfo).port}/`;
    const attachments = assemble({
      settings: { scan: { by: "http", url, token: null, timeoutSeconds: 20 } },
    });
    await expect(attachments.send(text, "a.txt")).rejects.toMatchObject(refused);
  });

  it("are of the types that are configured, and pictures of so many pixels", async () => {
    const attachments = assemble({
      settings: { types: ["application/pdf", "image/png"] },
      limits: { attachmentPixels: 100 },
    });
    await expect(attachments.send(text, "a.txt")).rejects.toMatchObject(refused);
    await expect(attachments.send(await picture("png"), "a.png")).rejects.toMatchObject(refused);
    expect(await attachments.send(pdf, "a.pdf")).toMatchObject({ type: "application/pdf" });
  });
});
