import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Attachment, OpenedSession } from "../../../shared/protocol.ts";
import { formOf, picture, pngOfSize, text } from "../../attachment/testing/files.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

const maxBytes = 100_000;

let server: TestServer;
let directory: string;
let mallory: OpenedSession;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "vouch-hostile-"));
  server = await startTestServer({
    environment: { dataDir: directory },
    limits: { attachmentBytes: maxBytes, attachmentsPerMinute: 1000 },
  });
  mallory = await server.signIn("mallory");
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

const filesIn = (...path: string[]): string[] => {
  const folder = join(directory, "attachments", ...path);
  return existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
};

function post(body: FormData | string | ReadableStream, type?: string): Promise<Response> {
  return fetch(`${server.url}/api/v1/attachments`, {
    method: "POST",
    headers: { authorization: `Bearer ${mallory.sessionToken}`, ...(type && { "content-type": type }) },
    body,
    duplex: "half",
  } as RequestInit);
}

async function refusal(response: Promise<Response>): Promise<[number, string]> {
  const answer = await response;
  return [answer.status, ((await answer.json()) as { code: string }).code];
}

const upload = (bytes: Buffer, name: string) => post(formOf(bytes, name));

/** A request by hand, whose body may never come. */
async function raw(head: readonly string[], body = ""): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const lines = [
    "POST /api/v1/attachments HTTP/1.1",
    `Host: ${hostname}`,
    `Authorization: Bearer ${mallory.sessionToken}`,
    ...head,
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
  return socket;
}

const form = (parts: readonly string[]): string =>
  `${parts.map((part) => `--b\r\n${part}\r\n`).join("")}--b--\r\n`;
const filePart = (name: string, content: string) =>
  `Content-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n${content}`;

test("a file said to be of 10 GiB is refused before a byte of it is read", async () => {
  const socket = await raw([
    "Content-Type: multipart/form-data; boundary=b",
    `Content-Length: ${10 * 1024 ** 3}`,
  ]);
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"too_large"/);
  await once(socket.resume(), "close");
  expect(filesIn("incoming")).toEqual([]);
});

test("a file that says no size is counted as it comes", async () => {
  let sent = 0;
  const endless = new ReadableStream({
    start: (controller) => controller.enqueue(Buffer.from(`--b\r\n${filePart("a.txt", "")}`)),
    pull(controller) {
      sent += 10_000;
      controller.enqueue(Buffer.alloc(10_000, "a"));
    },
  });
  const answer = await post(endless, "multipart/form-data; boundary=b").catch(() => null);
  if (answer) expect(answer.status).toBe(413);
  // It has an end: some megabytes are in the kernel's hands by the time the sender hears of it.
  expect(sent).toBeLessThan(64 * 1024 * 1024);
  await expect.poll(() => filesIn("incoming")).toEqual([]);
});

test.each([
  ["no form", "hello", "text/plain"],
  ["no boundary", form([filePart("a.txt", "a")]), "multipart/form-data"],
  ["another boundary", form([filePart("a.txt", "a")]), "multipart/form-data; boundary=c"],
  ["nothing", "", "multipart/form-data; boundary=b"],
  ["an end before its beginning", "--b--\r\n", "multipart/form-data; boundary=b"],
  [
    "a field where the file should be",
    form(['Content-Disposition: form-data; name="file"\r\n\r\na']),
    "multipart/form-data; boundary=b",
  ],
  ["no end", form([filePart("a.txt", "a")]).slice(0, -8), "multipart/form-data; boundary=b"],
  ["a part without a head", "--b\r\n\r\na\r\n--b--\r\n", "multipart/form-data; boundary=b"],
  [
    "a head without end",
    `--b\r\nContent-Disposition: ${"a".repeat(50_000)}`,
    "multipart/form-data; boundary=b",
  ],
  [
    "a form in a form",
    form(["Content-Type: multipart/mixed; boundary=d\r\n\r\n--d\r\n\r\na\r\n--d--"]),
    "multipart/form-data; boundary=b",
  ],
  [
    "a boundary of 10,000 characters",
    form([filePart("a.txt", "a")]),
    `multipart/form-data; boundary=${"b".repeat(10_000)}`,
  ],
])("a body of %s is refused as what it is", async (_what, body, type) => {
  expect(await refusal(post(body, type))).toEqual([400, "request_invalid"]);
  expect(filesIn("incoming")).toEqual([]);
});

test("of a thousand files the first is taken, and no other is written anywhere", async () => {
  const parts = Array.from({ length: 1000 }, (_, i) => filePart(`${i}.txt`, `file ${i}`));
  const response = await post(form(parts), "multipart/form-data; boundary=b");
  expect(response.status).toBe(201);
  const { id, name } = (await response.json()) as Attachment;
  expect(name).toBe("0.txt");
  expect(filesIn().filter((path) => path.includes(id))).toHaveLength(1);
});

test.each(["../../../../tmp/pwned.txt", "/etc/cron.d/pwned.txt", "..\\..\\pwned.txt", "a/b/../pwned.txt"])(
  "a file called %s is stored under an id, and called by its last part",
  async (name) => {
    const response = await post(form([filePart(name, "x")]), "multipart/form-data; boundary=b");
    expect(await response.json()).toMatchObject({ name: "pwned.txt" });
    expect(filesIn().filter((path) => path.includes("pwned"))).toEqual([]);
  },
);

test("a sender who goes away in the middle leaves nothing behind", async () => {
  const head = ["Content-Type: multipart/form-data; boundary=b", "Content-Length: 90000"];
  const socket = await raw(head, `--b\r\n${filePart("a.txt", "a".repeat(10_000))}`);
  await expect.poll(() => filesIn("incoming")).not.toEqual([]);
  socket.destroy();
  await expect.poll(() => filesIn("incoming")).toEqual([]);
});

test.each([
  ["a program", Buffer.from("MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff", "latin1"), "photo.jpg"],
  ["a program of Linux", Buffer.from("\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", "latin1"), "a.txt"],
  [
    "bytes that turn out not to be text",
    Buffer.concat([Buffer.alloc(50_000, "a"), Buffer.from([0xff])]),
    "a.txt",
  ],
  ["a text in UTF-16", Buffer.from("\ufeffhello", "utf16le"), "a.txt"],
  ["an archive", Buffer.from("PK\x03\x04\x14\0\0\0\0\0", "latin1"), "a.zip"],
  ["nothing", Buffer.alloc(0), "a.txt"],
  ["a picture cut off in its head", Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"), "a.png"],
  [
    "a picture that is none after its first bytes",
    Buffer.from(`\xff\xd8\xff\xe0${"<script>".repeat(99)}`, "latin1"),
    "a.jpg",
  ],
  ["a picture of four gigapixels in 200 bytes", pngOfSize(65_000, 65_000), "a.png"],
  ["a picture of two lines, each of a gigapixel", pngOfSize(1_000_000_000, 2), "a.png"],
])("%s is refused", async (_what, bytes, name) => {
  expect(await refusal(upload(bytes, name))).toEqual([400, "attachment_refused"]);
  expect(filesIn("incoming")).toEqual([]);
});

test.each([
  [
    "an archive behind a picture",
    async () => Buffer.concat([await picture("jpeg"), Buffer.from("PK\x03\x04EVIL")]),
  ],
  ["a script in a picture's comment", async () => withComment(await picture("jpeg"), "EVIL*/=1;alert(1)/*")],
  [
    "a page behind a picture",
    async () => Buffer.concat([await picture("png"), Buffer.from("<script>EVIL</script>")]),
  ],
  [
    "a script that begins as a picture",
    async () => Buffer.concat([await picture("gif"), Buffer.from("/*EVIL*/")]),
  ],
])("of %s only the picture is left", async (_what, make) => {
  const given = await make();
  expect(given.includes("EVIL")).toBe(true);
  const response = await upload(given, "a.jpg");
  expect(response.status).toBe(201);
  const { id } = (await response.json()) as Attachment;
  const served = await server.fetch(`/api/v1/attachments/${id}`, { token: mallory.sessionToken });
  const bytes = Buffer.from(await served.arrayBuffer());
  expect(bytes.includes("EVIL")).toBe(false);
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 64, height: 48 });
});

/** As the first segment behind the start of the image. */
function withComment(jpeg: Buffer, comment: string): Buffer {
  const head = Buffer.from([0xff, 0xfe, 0, comment.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, Buffer.from(comment), jpeg.subarray(2)]);
}

test("a session uploads so often, and a customer so much a day", async () => {
  const limited = await startTestServer({
    environment: { dataDir: directory },
    limits: { attachmentsPerMinute: 3, attachmentBytesPerDay: 2000 },
  });
  try {
    const { sessionToken } = await limited.visit();
    const send = (bytes: Buffer) =>
      fetch(`${limited.url}/api/v1/attachments`, {
        method: "POST",
        headers: { authorization: `Bearer ${sessionToken}` },
        body: formOf(bytes, "a.txt"),
      });
    expect((await send(Buffer.alloc(2000, "a"))).status).toBe(201);
    const tooMuch = await send(text);
    expect([tooMuch.status, tooMuch.headers.get("retry-after")]).toEqual([429, "86400"]);
    await send(text);
    const tooOften = await send(text);
    expect([tooOften.status, tooOften.headers.get("retry-after")]).toEqual([429, "20"]);
  } finally {
    await limited.close();
  }
});
