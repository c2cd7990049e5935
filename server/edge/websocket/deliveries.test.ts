import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ProblemError } from "../../../shared/problem-error.ts";
import { adminToken, startTestServer, type TestServer } from "../testing/test-server.ts";
import type { TestSocket } from "../testing/test-socket.ts";
import { Deliveries } from "./deliveries.ts";

type Mark = (conversationId: string, seq: number) => Promise<void>;

describe("positions", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("are gathered for 200 ms, the furthest of each conversation", () => {
    const mark = vi.fn(async () => {});
    const deliveries = new Deliveries(mark);
    for (const seq of [1, 3, 2]) deliveries.written("one", seq);
    deliveries.written("other", 7);
    vi.advanceTimersByTime(199);
    expect(mark).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(mark.mock.calls).toEqual([
      ["one", 3],
      ["other", 7],
    ]);
    vi.advanceTimersByTime(1000);
    expect(mark).toHaveBeenCalledTimes(2);
  });

  test("that can't be stored are told again every five seconds until they are", async () => {
    const mark = vi.fn<Mark>().mockRejectedValue(new Error("The disk is full."));
    const deliveries = new Deliveries(mark);
    deliveries.written("one", 2);
    deliveries.written("other", 7);
    await vi.advanceTimersByTimeAsync(200);
    deliveries.written("one", 3);
    await vi.advanceTimersByTimeAsync(4999);
    expect(mark).toHaveBeenCalledTimes(2);
    mark.mockResolvedValueOnce();
    await vi.advanceTimersByTimeAsync(1);
    expect(mark.mock.calls.slice(2)).toEqual([
      ["one", 3],
      ["other", 7],
    ]);
    mark.mockResolvedValue();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(mark.mock.calls.slice(4)).toEqual([["other", 7]]);
  });

  test("of a conversation that is gone are forgotten", async () => {
    const mark = vi.fn<Mark>().mockRejectedValue(new ProblemError("not_found"));
    new Deliveries(mark).written("one", 1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(mark).toHaveBeenCalledTimes(1);
  });

  test("that are left when the socket goes are told at once, and nothing runs on", async () => {
    const mark = vi.fn<Mark>().mockRejectedValue(new Error("The disk is full."));
    const deliveries = new Deliveries(mark);
    deliveries.written("one", 1);
    await vi.advanceTimersByTimeAsync(200);
    deliveries.end();
    await vi.advanceTimersByTimeAsync(0);
    expect([mark.mock.calls.length, vi.getTimerCount()]).toEqual([2, 0]);
  });
});

describe("what is written to a socket", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const sockets: TestSocket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });
  async function enter(path: string, auth: object) {
    const socket = server.socket(path);
    sockets.push(socket);
    socket.send({ t: "auth", ...auth });
    await socket.next("ready");
    return socket;
  }
  /** Agents hear of the former tests' conversations as well. */
  async function expectDelivered(socket: TestSocket, conversationId: string, by: string, seq: number) {
    let receipt = await socket.next("receipt");
    while (receipt.conversationId !== conversationId) receipt = await socket.next("receipt");
    expect(receipt).toEqual({ t: "receipt", conversationId, by, kind: "delivered", seq });
  }
  const asAgent = (auth = {}) => enter("/api/v1/agent/socket", { token: adminToken, ...auth });
  const asCustomer = (token: string, auth = {}) => enter("/api/v1/socket", { token, ...auth });
  const say = (text: string) => ({ t: "send", id: randomUUID(), text });

  test("of a desk that tells nothing itself is delivered, and the customer hears of it", async () => {
    const { sessionToken, conversation } = await server.signIn("ada");
    const [customer, agent] = await Promise.all([asCustomer(sessionToken), asAgent()]);
    for (const text of ["one", "two"]) customer.send(say(text));
    await agent.next("message");
    await expectDelivered(customer, conversation.id, "agent", 2);
  });

  test("of a customer's client that tells nothing itself is delivered, and the desk hears of it", async () => {
    const { sessionToken, conversation } = await server.signIn("bob");
    const [customer, agent] = await Promise.all([asCustomer(sessionToken), asAgent()]);
    agent.send({ ...say("one"), conversationId: conversation.id });
    await customer.next("message");
    await expectDelivered(agent, conversation.id, "contact", 1);
  });

  test("that was missed is delivered as well", async () => {
    const { sessionToken, conversation } = await server.signIn("cleo");
    const agent = await asAgent();
    for (const text of ["one", "two"]) agent.send({ ...say(text), conversationId: conversation.id });
    await agent.next("ack");
    await agent.next("ack");
    await asCustomer(sessionToken, { afterSeq: 0 });
    await expectDelivered(agent, conversation.id, "contact", 2);
  });

  test("of a desk that tells of deliveries counts as it says, and not before", async () => {
    const [ada, bob] = await Promise.all([server.signIn("dora"), server.signIn("emil")]);
    const agent = await asAgent({ delivered: true });
    const customer = await asCustomer(ada.sessionToken);
    await asCustomer(bob.sessionToken);
    customer.send(say("one"));
    await agent.next("message");
    // Of what was written later there is a receipt: one of the first would have come before it.
    agent.send({ ...say("two"), conversationId: bob.conversation.id });
    expect(await agent.next("receipt")).toMatchObject({ conversationId: bob.conversation.id, by: "contact" });
    agent.send({ t: "delivered", conversationId: ada.conversation.id, seq: 1 });
    expect(await customer.next("receipt")).toMatchObject({ by: "agent", kind: "delivered", seq: 1 });
  });
});
