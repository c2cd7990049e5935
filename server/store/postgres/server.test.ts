import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { MessagePage } from "../../../shared/protocol.ts";
import { agentToken, startTestServer, type TestServer } from "../../edge/testing/test-server.ts";
import { describePostgres } from "./testing/test-database.ts";

await describePostgres("Two servers on one database", (database) => {
  let dataDir: string;
  let here: TestServer;
  let there: TestServer;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "vouch-postgres-"));
    const start = () =>
      startTestServer({ environment: { dataDir, database: { url: database.url, connections: 4 } } });
    here = await start();
    there = await start();
  });
  afterEach(async () => {
    await here.close();
    await there.close();
    rmSync(dataDir, { recursive: true });
  });

  const send = (server: TestServer, token: string, id: string, text: string) =>
    server.fetch("/api/v1/conversation/messages", { token, json: { id, text } });

  it("are one to customers and agents: a session, its messages and its end", async () => {
    const { sessionToken: token, conversation } = await here.signIn("ada");
    const id = randomUUID();
    expect((await send(here, token, id, "Hello")).status).toBe(201);
    const again = await send(there, token, id, "Hello");
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ id, seq: 1 });
    expect((await send(there, token, id, "Hello?")).status).toBe(409);

    const answer = { id: randomUUID(), text: "Hi, Ada" };
    const answered = await there.fetch(`/api/v1/agent/conversations/${conversation.id}/messages`, {
      token: agentToken,
      json: answer,
    });
    expect(answered.status).toBe(201);
    const page = (await (await here.fetch("/api/v1/conversation/messages", { token })).json()) as MessagePage;
    expect(page.messages.map(({ seq, text }) => [seq, text])).toEqual([
      [1, "Hello"],
      [2, "Hi, Ada"],
    ]);

    const elsewhere = await there.signIn("ada");
    expect(elsewhere.conversation).toMatchObject({ id: conversation.id, lastSeq: 2 });
    expect((await here.fetch("/api/v1/session", { token, method: "DELETE" })).status).toBe(204);
    const refused = await send(there, token, randomUUID(), "Still here?");
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: "session_revoked" });
  });

  it("answer health checks, and leave the embedded database alone", async () => {
    for (const server of [here, there]) expect((await server.fetch("/readyz")).status).toBe(200);
    expect(readdirSync(dataDir).filter((name) => name.endsWith(".db"))).toEqual([]);
  });
});
