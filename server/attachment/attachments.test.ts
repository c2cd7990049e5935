import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultLimits, type Limits } from "../../shared/limits.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import { draft, openFor, start } from "../store/contract/fixtures.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import type { SessionDetails, Store } from "../store/store.ts";
import { type Attachments, createAttachments, type Upload } from "./attachments.ts";
import type { BlobStore } from "./blobs/blob-store.ts";
import { createDiskBlobs } from "./blobs/disk.ts";
import { defaultTypes } from "./kinds.ts";
import { createPictures } from "./picture/pictures.ts";
import type { Scanner } from "./scan/scanner.ts";
import { pdf, picture, text } from "./testing/files.ts";

const hour = 60 * 60 * 1000;
const day = 24 * hour;

describe("Attachments", () => {
  let directory: string;
  let store: Store;
  let ada: SessionDetails;
  let now: number;
  let failures: unknown[];
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "vouch-attachments-"));
    store = await openSqliteStore(":memory:");
    ada = await openFor(store, "ada");
    now = start;
    failures = [];
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  interface Options {
    readonly scanner?: Scanner;
    readonly types?: readonly string[];
    readonly limits?: Partial<Limits>;
    readonly wrapBlobs?: (blobs: BlobStore) => BlobStore;
  }

  function create({ scanner, types = defaultTypes, limits, wrapBlobs = (blobs) => blobs }: Options = {}) {
    const all = { ...defaultLimits, ...limits };
    return createAttachments({
      store,
      blobs: wrapBlobs(createDiskBlobs(join(directory, "files"))),
      pictures: createPictures({ maxPixels: all.attachmentPixels }),
      scanner: scanner ?? null,
      types,
      incomingDirectory: join(directory, "incoming"),
      limits: all,
      clock: { now: () => now },
      failed: (error) => failures.push(error),
    });
  }

  const upload = (bytes: Buffer, name = "a.txt", more: Partial<Upload> = {}): Upload => ({
    conversationId: ada.conversation.id,
    uploader: "contact",
    sessionId: ada.session.id,
    name,
    bytes: chunksOf(bytes),
    ...more,
  });
  async function* chunksOf(bytes: Buffer): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
  }
  const filesIn = (name: string): string[] => {
    try {
      return readdirSync(join(directory, name), { recursive: true })
        .map(String)
        .filter((path) => statSync(join(directory, name, path)).isFile());
    } catch {
      return [];
    }
  };
  async function send(attachments: Attachments, ids: readonly string[]): Promise<void> {
    const id = randomUUID();
    const conversationId = ada.conversation.id;
    const claimed = await attachments.claim({ conversationId, uploader: "contact", messageId: id, ids });
    await store.append(draft(conversationId, { id, attachments: claimed }));
  }
  const reader = () => ({ kind: "contact", conversationId: ada.conversation.id }) as const;
  const openAll = async (attachments: Attachments, ids: readonly string[]) =>
    Promise.all(
      ids.map((id) =>
        attachments.open(id, "file", reader()).then(
          async ({ bytes }) => {
            await bytes.cancel();
            return "there";
          },
          (error: ProblemError) => error.code,
        ),
      ),
    );

  it("nobody sent within a day are removed, those of messages stay, and the next sweep finds nothing", async () => {
    const attachments = create();
    const [sent, unsent, image] = [
      await attachments.receive(upload(text)),
      await attachments.receive(upload(pdf, "b.pdf")),
      await attachments.receive(upload(await picture("png"), "c.png")),
    ].map(({ id }) => id) as [string, string, string];
    await send(attachments, [sent]);
    now += day;
    await attachments.sweep();
    expect(await openAll(attachments, [sent, unsent, image])).toEqual(["there", "there", "there"]);
    now += 1;
    await attachments.sweep();
    expect(await openAll(attachments, [sent, unsent, image])).toEqual(["there", "not_found", "not_found"]);
    expect(filesIn("files")).toEqual([join(sent.slice(0, 2), sent)]);
    now += 10 * day;
    await attachments.sweep();
    expect(await openAll(attachments, [sent])).toEqual(["there"]);
  });

  it("of an erased contact are nobody's at once, and gone with the next sweep", async () => {
    const attachments = create();
    const { id } = await attachments.receive(upload(text));
    await send(attachments, [id]);
    await store.eraseContact(ada.contact.id, now);
    expect(await openAll(attachments, [id])).toEqual(["not_found"]);
    await attachments.sweep();
    expect(filesIn("files")).toEqual([]);
    expect(await store.attachment(id)).toBeNull();
  });

  it("whose removal failed are removed by the next sweep", async () => {
    let isBroken = true;
    const attachments = create({
      wrapBlobs: (blobs) => ({
        ...blobs,
        remove: (key) => (isBroken ? Promise.reject(new ProblemError("unavailable")) : blobs.remove(key)),
      }),
    });
    await attachments.receive(upload(text));
    now += day + 1;
    await expect(attachments.sweep()).rejects.toMatchObject({ code: "unavailable" });
    isBroken = false;
    await attachments.sweep();
    expect(filesIn("files")).toEqual([]);
  });

  it("left half-received by a process that died are removed after an hour", async () => {
    const attachments = create();
    for (const [name, age] of [
      ["old", hour + 1000],
      ["young", hour - 1000],
    ] as const) {
      const path = join(directory, "incoming", name);
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, "received"), "x");
      utimesSync(path, (now - age) / 1000, (now - age) / 1000);
    }
    await attachments.sweep();
    expect(filesIn("incoming")).toEqual([join("young", "received")]);
  });

  it("are scanned as they came, and what is foul or without verdict reaches nobody", async () => {
    const seen: [string, string][] = [];
    const scanner = (verdict: "clean" | "foul" | "none"): Scanner => ({
      async scan(path, type) {
        seen.push([String(statSync(path).size), type]);
        if (verdict === "none") throw new ProblemError("unavailable", { cause: new Error("no scanner") });
        return verdict;
      },
    });
    const given = await picture("jpeg");
    const { id } = await create({ scanner: scanner("clean") }).receive(upload(given, "a.jpg"));
    expect(seen).toEqual([[String(given.length), "image/jpeg"]]);
    const stored = filesIn("files").length;
    for (const [verdict, code] of [
      ["foul", "attachment_refused"],
      ["none", "unavailable"],
    ] as const)
      await expect(create({ scanner: scanner(verdict) }).receive(upload(text))).rejects.toMatchObject({
        code,
      });
    expect(filesIn("files")).toHaveLength(stored);
    expect(filesIn("incoming")).toEqual([]);
    expect(failures).toEqual([expect.objectContaining({ message: "no scanner" })]);
    expect(await openAll(create(), [id])).toEqual(["there"]);
  });

  it("for which there is no room are unavailable, told of, and leave nothing half-written", async () => {
    const full = Object.assign(new Error("no space left"), { code: "ENOSPC", syscall: "write" });
    const attachments = create({
      wrapBlobs: (blobs) => ({
        ...blobs,
        put: () => Promise.reject(new ProblemError("unavailable", { cause: full })),
      }),
    });
    await expect(attachments.receive(upload(text))).rejects.toMatchObject({ code: "unavailable" });
    const failing = async function* (): AsyncIterable<Uint8Array> {
      yield text;
      throw full;
    };
    await expect(create().receive(upload(text, "a.txt", { bytes: failing() }))).rejects.toMatchObject({
      code: "unavailable",
      cause: full,
    });
    expect(failures).toEqual([full, full]);
    expect([filesIn("incoming"), filesIn("files")]).toEqual([[], []]);
    // What was begun is forgotten in time.
    now += day + 1;
    await create().sweep();
    expect(await store.settleAttachments({ before: now + day, at: now, limit: 9 })).toEqual([]);
  });

  it("given up while they were being stored are not there", async () => {
    const attachments = create({
      wrapBlobs: (blobs) => ({
        ...blobs,
        async put(key, path) {
          await blobs.put(key, path);
          await store.eraseContact(ada.contact.id, now);
        },
      }),
    });
    await expect(attachments.receive(upload(text))).rejects.toMatchObject({ code: "not_found" });
    await attachments.sweep();
    expect(filesIn("files")).toEqual([]);
  });

  it("given up and swept before they were stored leave nothing behind either", async () => {
    const attachments = create({
      wrapBlobs: (blobs) => ({
        ...blobs,
        async put(key, path) {
          await store.eraseContact(ada.contact.id, now);
          await attachments.sweep();
          await blobs.put(key, path);
        },
      }),
    });
    await expect(attachments.receive(upload(text))).rejects.toMatchObject({ code: "not_found" });
    expect(filesIn("files")).toEqual([]);
  });

  it("are refused by type where the operator says so, text where it is not taken as whatever it may be", async () => {
    const attachments = create({ types: ["application/pdf"] });
    await attachments.receive(upload(pdf, "a.pdf"));
    await expect(attachments.receive(upload(await picture("gif"), "a.gif"))).rejects.toMatchObject({
      code: "attachment_refused",
      message: "Files of the type image/gif are not taken here.",
    });
    await expect(attachments.receive(upload(text))).rejects.toMatchObject({ message: /of no kind/ });
  });

  it("are taken up to the last byte that is allowed", async () => {
    const attachments = create({ limits: { attachmentBytes: 5000 } });
    expect(await attachments.receive(upload(Buffer.alloc(5000, "a")))).toMatchObject({ size: 5000 });
    await expect(attachments.receive(upload(Buffer.alloc(5001, "a")))).rejects.toMatchObject({
      code: "too_large",
    });
  });

  it("are uploaded five at a time in a conversation, and nobody else waits for that", async () => {
    const attachments = create();
    const gate = Promise.withResolvers<void>();
    const waiting = async function* (): AsyncIterable<Uint8Array> {
      await gate.promise;
      yield text;
    };
    const held = Array.from({ length: 5 }, () =>
      attachments.receive(upload(text, "a.txt", { bytes: waiting() })),
    );
    await expect(attachments.receive(upload(text))).rejects.toMatchObject({ code: "rate_limited" });
    const bob = await openFor(store, "bob");
    const his = { conversationId: bob.conversation.id, sessionId: bob.session.id };
    await attachments.receive(upload(text, "a.txt", his));
    gate.resolve();
    expect(await Promise.all(held)).toHaveLength(5);
    await attachments.receive(upload(text));
  });
});
