import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Attachment, OpenedSession } from "../../../shared/protocol.ts";
import { formOf, pdf, picture, text } from "../../attachment/testing/files.ts";
import { agentToken, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let directory: string;
let ada: OpenedSession;
let bob: OpenedSession;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "vouch-attachments-"));
  server = await startTestServer({
    environment: { dataDir: directory },
    limits: { attachmentBytes: 100_000, attachmentsPerMinute: 1000, attachmentsPerMessage: 2 },
  });
  [ada, bob] = [await server.signIn("ada"), await server.signIn("bob")];
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

const send = (path: string, token: string, body: FormData | string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, ...headers },
    body,
  });
const upload = (session: OpenedSession, form: FormData) =>
  send("/api/v1/attachments", session.sessionToken, form);

async function uploaded(session: OpenedSession, form: FormData): Promise<Attachment> {
  const response = await upload(session, form);
  expect([response.status, await response.clone().text()]).toMatchObject([201, expect.any(String)]);
  return (await response.json()) as Attachment;
}
const say = (session: OpenedSession, attachments: readonly string[], message: object = {}) =>
  server.fetch("/api/v1/conversation/messages", {
    token: session.sessionToken,
    json: { id: randomUUID(), text: "", attachments, ...message },
  });
const get = (token: string, id: string, part = "") =>
  server.fetch(`/api/v1/attachments/${id}${part}`, { token });

/** Nothing half-written stays behind. */
const incoming = () => {
  const path = join(directory, "attachments", "incoming");
  return existsSync(path) ? readdirSync(path) : [];
};

test("a text goes the whole way: uploaded, sent, read in the history, fetched by the agent", async () => {
  const attachment = await uploaded(ada, formOf(text, "../my notes.txt", "text/html"));
  expect(attachment).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    name: "my notes.txt",
    type: "text/plain",
    size: text.length,
  });
  const id = randomUUID();
  const first = await say(ada, [attachment.id], { id, text: "See" });
  expect(first.status).toBe(201);
  const again = await say(ada, [attachment.id], { id, text: "See" });
  expect([again.status, await again.json()]).toEqual([200, await first.json()]);
  expect((await say(ada, [], { id, text: "See" })).status).toBe(409);

  const history = await server.fetch("/api/v1/conversation/messages", { token: ada.sessionToken });
  expect(await history.json()).toMatchObject({ messages: [{ text: "See", attachments: [attachment] }] });
  const fetched = await get(agentToken, attachment.id);
  expect(Buffer.from(await fetched.arrayBuffer())).toEqual(text);
  expect(incoming()).toEqual([]);
});

test("what is served is never a page: typed by its bytes, sandboxed, for saving unless it is a picture", async () => {
  const page = Buffer.from("<!doctype html><script>alert(1)</script>");
  const { id } = await uploaded(ada, formOf(page, "héllo you.html", "text/html"));
  const { headers } = await get(ada.sessionToken, id);
  expect(Object.fromEntries(headers)).toMatchObject({
    "content-type": "text/plain; charset=utf-8",
    "content-disposition":
      "attachment; filename=\"h_llo you.html.txt\"; filename*=UTF-8''h%C3%A9llo%20you.html.txt",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    // A browser's cache outlives a logout.
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
  });
  const shown = await uploaded(ada, formOf(await picture("png"), "a.png"));
  const picked = await get(ada.sessionToken, shown.id);
  expect(picked.headers.get("content-type")).toBe("image/png");
  expect(picked.headers.get("content-disposition")).toMatch(/^inline; filename="a.png"/);
  expect(picked.headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
});

test("a picture loses what its camera said of it, stands upright, and has a thumbnail", async () => {
  const given = await picture("jpeg", { width: 200, height: 100, orientation: 6 });
  expect(given.includes("SecretCamera")).toBe(true);
  const attachment = await uploaded(ada, formOf(given, "IMG_1.JPG"));
  expect(attachment).toMatchObject({ name: "IMG_1.jpg", type: "image/jpeg", width: 100, height: 200 });
  const served = Buffer.from(await (await get(ada.sessionToken, attachment.id)).arrayBuffer());
  expect(served.length).toBe(attachment.size);
  for (const secret of ["Exif", "SecretCamera", "SecretAuthor", "SecretPlace", "GPS"])
    expect(served.includes(secret)).toBe(false);
  const thumbnail = await get(ada.sessionToken, attachment.id, "/thumbnail");
  expect(thumbnail.headers.get("content-type")).toBe("image/webp");
  const notes = await uploaded(ada, formOf(text, "a.txt"));
  expect((await get(ada.sessionToken, notes.id, "/thumbnail")).status).toBe(404);
});

test("only who may read the conversation gets it, and before it is sent only its own side", async () => {
  const { id } = await uploaded(ada, formOf(pdf, "contract.pdf"));
  const statuses = async () => [
    (await get(ada.sessionToken, id)).status,
    (await get(bob.sessionToken, id)).status,
    (await get(agentToken, id)).status,
    (await server.fetch(`/api/v1/attachments/${id}`)).status,
  ];
  expect(await statuses()).toEqual([200, 404, 404, 401]);
  expect((await say(ada, [id])).status).toBe(201);
  expect(await statuses()).toEqual([200, 404, 200, 401]);

  const path = `/api/v1/agent/conversations/${ada.conversation.id}`;
  const answer = (await (
    await send(`${path}/attachments`, agentToken, formOf(pdf, "offer.pdf"))
  ).json()) as Attachment;
  const seen = async () => [
    (await get(agentToken, answer.id)).status,
    (await get(ada.sessionToken, answer.id)).status,
    (await get(bob.sessionToken, answer.id)).status,
  ];
  expect(await seen()).toEqual([200, 404, 404]);
  const json = { id: randomUUID(), text: "", attachments: [answer.id] };
  expect((await server.fetch(`${path}/messages`, { token: agentToken, json })).status).toBe(201);
  expect(await seen()).toEqual([200, 200, 404]);
});

test("a message is refused with what it may not carry, and nothing of it is stored", async () => {
  const { lastSeq } = (
    (await (await server.fetch("/api/v1/session", { token: bob.sessionToken })).json()) as OpenedSession
  ).conversation;
  const hers = await uploaded(ada, formOf(text, "hers.txt"));
  const his = [await uploaded(bob, formOf(text, "a.txt")), await uploaded(bob, formOf(text, "b.txt"))].map(
    ({ id }) => id,
  );
  const refusals = [[hers.id], [randomUUID()], ["x"], [...his, randomUUID()], [his[0] ?? "", his[0] ?? ""]];
  for (const ids of refusals) {
    const response = await say(bob, ids);
    expect([response.status, await response.json()]).toMatchObject([400, { code: "attachment_refused" }]);
  }
  expect((await say(bob, [], { text: "" })).status).toBe(400);
  const page = await server.fetch("/api/v1/conversation/messages", { token: bob.sessionToken });
  expect(await page.json()).toMatchObject({ lastSeq });
  expect((await say(bob, his)).status).toBe(201);
  // Each goes with one message.
  expect((await say(bob, his)).status).toBe(400);
});

test("uploads of a session that was ended are refused, and its files with it", async () => {
  const eve = await server.visit();
  const { id } = await uploaded(eve, formOf(text, "a.txt"));
  await server.fetch("/api/v1/session", { method: "DELETE", token: eve.sessionToken });
  expect((await upload(eve, formOf(text, "a.txt"))).status).toBe(401);
  expect((await get(eve.sessionToken, id)).status).toBe(401);
});

test("slow uploads of one address leave room for those of others", async () => {
  const stop = new AbortController();
  const slow = async (token: string): Promise<Response> =>
    fetch(`${server.url}/api/v1/attachments`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "multipart/form-data; boundary=b" },
      body: new ReadableStream({
        start: (body) => body.enqueue(Buffer.from("--b\r\n")),
      }),
      duplex: "half",
      signal: stop.signal,
    } as RequestInit);
  const visitors = await Promise.all(Array.from({ length: 7 }, () => server.visit()));
  const refused = Promise.withResolvers<Response>();
  for (const { sessionToken } of visitors)
    for (let count = 0; count < 5; count++) slow(sessionToken).then(refused.resolve, () => {});
  const response = await refused.promise;
  expect([response.status, await response.json()]).toMatchObject([429, { code: "rate_limited" }]);
  stop.abort();
  await expect.poll(async () => (await upload(ada, formOf(text, "a.txt"))).status).toBe(201);
});

test("the socket takes them too, keeps the order in which it was written, and tells everybody", async () => {
  const [customer, visitor] = [await server.signIn("grace"), await server.signIn("alan")];
  const socket = await server.live(customer.sessionToken);
  const attachment = await uploaded(customer, formOf(text, "a.txt"));
  socket.send({ t: "send", id: randomUUID(), text: "", attachments: [attachment.id] });
  for (const said of ["two", "three"]) socket.send({ t: "send", id: randomUUID(), text: said });
  expect(await socket.next("message")).toMatchObject({ message: { seq: 1, attachments: [attachment] } });
  expect(await socket.next("message")).toMatchObject({ message: { seq: 2, text: "two" } });
  const foreign = await server.live(visitor.sessionToken);
  foreign.send({ t: "send", id: randomUUID(), text: "mine", attachments: [attachment.id] });
  expect(await foreign.next("refused")).toMatchObject({ code: "attachment_refused" });
});
