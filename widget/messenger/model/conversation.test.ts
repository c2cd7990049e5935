import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type {
  ClientFrame,
  Message,
  MessagePage,
  OpenedSession,
  ServerFrame,
} from "../../../shared/protocol.ts";
import { type FakeTime, fakeTime } from "../fixtures/fake-time.ts";
import { createMemoryStorage } from "../outbox/storage.ts";
import type { PageRequest } from "../transport/api.ts";
import { type Conversation, createConversation } from "./conversation.ts";

const at = "2026-11-21T09:30:00.000Z";
const conversationId = "conversation-ada";

const written = (seq: number, kind: "contact" | "agent", id = `${kind}-${seq}`): Message => ({
  id,
  seq,
  author: { kind, name: kind },
  text: id,
  attachments: [],
  at,
  verified: true,
});

const session = (lastSeq: number, readSeq = 0): OpenedSession => ({
  sessionToken: "token",
  expiresAt: at,
  absoluteExpiresAt: at,
  contact: {
    id: "ada",
    platformKey: "v1/acme/AUTH/jwt/uid:ada",
    name: "contact",
    verified: true,
    fields: {},
  },
  conversation: { id: conversationId, lastSeq, readSeq, agent: { delivered: 0, read: 0 } },
});

const ready = (lastSeq: number): ServerFrame => ({
  t: "ready",
  conversationId,
  lastSeq,
  readSeq: 0,
  agent: { delivered: 0, read: 0 },
  heartbeatMs: 9000,
});

const live = (message: Message): ServerFrame => ({ t: "message", conversationId, message });

/** One conversation with a server behind it that stores what is sent and answers pages. */
class Stage {
  readonly time: FakeTime = fakeTime();
  readonly stored: Message[] = [];
  readonly frames: ClientFrame[] = [];
  readonly pages: PageRequest[] = [];
  readonly received: number[] = [];
  up = true;
  readonly conversation: Conversation;

  constructor() {
    let ids = 0;
    this.conversation = createConversation({
      surroundings: { ...this.time, random: () => 0.5, uuid: () => `own-${++ids}` },
      storage: createMemoryStorage(),
      send: (frame) => {
        if (this.up) this.frames.push(frame);
        return this.up;
      },
      read: async (request) => {
        this.pages.push(request);
        return this.up ? this.page(request) : null;
      },
      received: ({ seq }) => this.received.push(seq),
    });
  }

  page({ side, seq, limit }: PageRequest): MessagePage {
    const messages =
      side === "after"
        ? this.stored.filter((message) => message.seq > seq).slice(0, limit)
        : this.stored.filter((message) => message.seq < seq).slice(-limit);
    return { messages, lastSeq: this.stored.length };
  }

  agentWrites(): Message {
    const message = written(this.stored.length + 1, "agent");
    this.stored.push(message);
    return message;
  }

  /** Stores what was sent and not stored yet. @returns its acknowledgement and its message */
  store(id: string): Message {
    const known = this.stored.find((message) => message.id === id);
    if (known) return known;
    const message = written(this.stored.length + 1, "contact", id);
    this.stored.push(message);
    return message;
  }

  lines(): string[] {
    return this.conversation.thread.value.entries.map((entry) =>
      entry.kind === "message" ? entry.message.id : `${entry.id}?`,
    );
  }

  typing(): boolean[] {
    return this.frames.flatMap((frame) => (frame.t === "typing" ? [frame.on] : []));
  }
}

let stage: Stage;
let conversation: Conversation;

beforeEach(() => {
  stage = new Stage();
  conversation = stage.conversation;
});

describe("a conversation", () => {
  test("shows a message of one's own at its place as soon as it is acknowledged", () => {
    conversation.bind(session(0));
    conversation.send("Hello");
    conversation.receive({ t: "ack", id: "own-1", seq: 1, at });
    expect(conversation.thread.value.entries).toMatchObject([
      { kind: "message", own: true, status: "sent", message: { seq: 1, text: "Hello", verified: true } },
    ]);
    conversation.receive(live(written(1, "contact", "own-1")));
    expect(stage.lines()).toEqual(["own-1"]);
  });

  test("takes a message out of the outbox that was stored long ago", () => {
    conversation.bind(session(5));
    conversation.send("Hello");
    conversation.receive({ t: "ack", id: "own-1", seq: 3, at });
    expect(stage.lines()).toEqual([]);
  });

  test("moves its own messages on with the agents' receipts, and leaves the other lines as they are", () => {
    conversation.bind(session(0));
    conversation.receive(live(written(1, "agent")));
    conversation.receive(live(written(2, "contact")));
    const [before] = conversation.thread.value.entries;
    conversation.receive({ t: "receipt", conversationId, by: "agent", kind: "delivered", seq: 2 });
    expect(conversation.thread.value.entries).toMatchObject([{ status: null }, { status: "delivered" }]);
    conversation.receive({ t: "receipt", conversationId, by: "agent", kind: "read", seq: 2 });
    expect(conversation.thread.value.entries).toMatchObject([{ status: null }, { status: "read" }]);
    conversation.receive({ t: "receipt", conversationId, by: "agent", kind: "delivered", seq: 1 });
    expect(conversation.thread.value).toMatchObject({ agent: { delivered: 2, read: 2 } });
    expect(conversation.thread.value.entries[0]).toBe(before);
  });

  test("reads history a page at a time until the beginning", async () => {
    for (let count = 0; count < 120; count++) stage.agentWrites();
    conversation.bind(session(120, 120));
    expect(conversation.thread.value).toMatchObject({ hasOlder: true, loadingOlder: true });
    await stage.time.pass(0);
    expect(stage.lines()).toHaveLength(50);
    await Promise.all([conversation.loadOlder(), conversation.loadOlder()]);
    expect(stage.lines()).toHaveLength(100);
    await conversation.loadOlder();
    await conversation.loadOlder();
    expect(conversation.thread.value).toMatchObject({ hasOlder: false, loadingOlder: false });
    expect(stage.lines()).toHaveLength(120);
    expect(stage.pages).toHaveLength(3);
    expect(stage.received).toEqual([]);
  });

  test("reads the first page with the next connection where it failed with the last", async () => {
    stage.agentWrites();
    stage.up = false;
    conversation.bind(session(1));
    await stage.time.pass(0);
    expect(stage.lines()).toEqual([]);
    stage.up = true;
    conversation.receive(ready(1));
    await stage.time.pass(0);
    expect(stage.lines()).toEqual(["agent-1"]);
  });

  test("reads a gap that stays, and none that closes by itself", async () => {
    conversation.bind(session(0));
    const [first, second] = [stage.agentWrites(), stage.agentWrites()];
    conversation.receive(live(second));
    conversation.receive(live(first));
    await stage.time.pass(1000);
    expect(stage.pages).toEqual([]);
    stage.agentWrites();
    conversation.receive(live(stage.agentWrites()));
    conversation.receive(live(stage.agentWrites()));
    expect(stage.lines()).toEqual(["agent-1", "agent-2"]);
    await stage.time.pass(1000);
    expect(stage.lines()).toEqual(["agent-1", "agent-2", "agent-3", "agent-4", "agent-5"]);
    expect(stage.received).toEqual([1, 2, 3, 4, 5]);
    expect(stage.pages).toHaveLength(1);
  });

  test("counts what agents wrote after the last message read", () => {
    conversation.bind(session(0));
    for (let count = 0; count < 3; count++) conversation.receive(live(stage.agentWrites()));
    conversation.receive(live(written(4, "contact")));
    expect(conversation.unread.value).toBe(3);
    conversation.markRead(2);
    expect(conversation.unread.value).toBe(1);
    conversation.markRead(1);
    expect(conversation.unread.value).toBe(1);
    conversation.markRead(99);
    expect(conversation.thread.value.readSeq).toBe(4);
  });

  test("learns from another device what was read", () => {
    conversation.bind(session(0));
    conversation.receive(live(stage.agentWrites()));
    conversation.receive({ t: "receipt", conversationId, by: "contact", kind: "read", seq: 1 });
    expect(conversation.unread.value).toBe(0);
  });

  test("reports a burst once, and with the next connection what the last one may have lost", async () => {
    conversation.bind(session(0));
    for (let count = 0; count < 5; count++) conversation.receive(live(stage.agentWrites()));
    await stage.time.pass(500);
    stage.up = false;
    conversation.markRead(4);
    stage.up = true;
    expect(stage.frames).toEqual([{ t: "delivered", seq: 5 }]);
    conversation.receive(ready(5));
    expect(stage.frames.slice(1)).toEqual([
      { t: "read", seq: 4 },
      { t: "delivered", seq: 5 },
    ]);
  });

  test("says that one is writing every three seconds at most, and that one has stopped", async () => {
    conversation.bind(session(0));
    for (let count = 0; count < 70; count++) {
      conversation.setDraft("x".repeat(count + 1));
      await stage.time.pass(100);
    }
    expect(stage.typing()).toEqual([true, true, true]);
    conversation.setDraft("  ");
    conversation.setDraft("");
    expect(stage.typing()).toEqual([true, true, true, false]);
    conversation.setDraft("Hello");
    conversation.send("Hello");
    expect(stage.typing()).toEqual([true, true, true, false, true, false]);
    expect(conversation.draft.value).toBe("");
  });

  test("believes that an agent writes for six seconds, or until the message is there", async () => {
    const typing = (on: boolean, name: string | null = "agent"): ServerFrame => ({
      t: "typing",
      conversationId,
      by: "agent",
      name,
      on,
    });
    conversation.bind(session(0));
    conversation.receive(typing(true));
    conversation.receive(typing(true, null));
    expect(conversation.typing.value).toEqual(["agent", null]);
    await stage.time.pass(5000);
    conversation.receive(typing(true, null));
    await stage.time.pass(1000);
    expect(conversation.typing.value).toEqual([null]);
    conversation.receive(typing(true));
    conversation.receive(live(stage.agentWrites()));
    expect(conversation.typing.value).toEqual([null]);
    conversation.receive(typing(false, null));
    expect(conversation.typing.value).toEqual([]);
  });

  test("does nothing more once it is thrown away", async () => {
    stage.agentWrites();
    conversation.bind(session(1));
    conversation.send("Hello");
    conversation.setDraft("more");
    conversation.dispose();
    const frames = stage.frames.length;
    await stage.time.pass(60_000);
    expect([stage.frames.length, stage.received]).toEqual([frames, []]);
    expect(stage.lines()).not.toContain("agent-1");
  });

  test("ends up dense, in order and without doubles, however acknowledgements, messages and pages interleave", async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("write" as const) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("agent" as const), heard: fc.boolean() }) },
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant("answer" as const),
          how: fc.constantFrom("ack", "echo", "both", "echo first", "lost"),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("again" as const), back: fc.nat(5) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat(2000) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("reconnect" as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("older" as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.array(step, { maxLength: 40 }), async (before, steps) => {
        const run = new Stage();
        const { conversation: subject } = run;
        for (let count = 0; count < before; count++) run.agentWrites();
        subject.bind(session(before));
        const resume = () => {
          subject.receive(ready(run.stored.length));
          for (const message of run.stored.slice(subject.position())) subject.receive(live(message));
        };
        resume();
        let answered = 0;
        const own: string[] = [];
        for (const action of steps) {
          switch (action.kind) {
            case "write":
              subject.send(`text ${own.length}`);
              own.push(`own-${own.length + 1}`);
              break;
            case "agent": {
              const message = run.agentWrites();
              if (action.heard) subject.receive(live(message));
              break;
            }
            case "answer": {
              const sends = run.frames.filter((frame) => frame.t === "send");
              const frame = sends[answered];
              if (!frame) break;
              answered++;
              const message = run.store(frame.id);
              const ack: ServerFrame = { t: "ack", id: message.id, seq: message.seq, at };
              if (action.how === "ack" || action.how === "both") subject.receive(ack);
              if (action.how !== "ack" && action.how !== "lost") subject.receive(live(message));
              if (action.how === "echo first") subject.receive(ack);
              break;
            }
            case "again": {
              const message = run.stored.at(-1 - action.back);
              if (message) subject.receive(live(message));
              break;
            }
            case "pass":
              await run.time.pass(action.ms);
              break;
            case "reconnect":
              resume();
              break;
            case "older":
              await subject.loadOlder();
          }
          const ids = run.lines().map((id) => id.replace("?", ""));
          expect(new Set(ids).size).toBe(ids.length);
          // Every word that was written is on the screen, stored or waiting.
          for (const id of own) expect(ids).toContain(id);
          const seqs = subject.thread.value.entries.flatMap((entry) =>
            entry.kind === "message" ? [entry.message.seq] : [],
          );
          expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
        }
        // At last everything is answered.
        for (let round = 0; round < own.length + 2; round++) {
          const sends = run.frames.filter((frame) => frame.t === "send");
          for (const { id } of sends) {
            const { seq } = run.store(id);
            subject.receive({ t: "ack", id, seq, at });
          }
        }
        resume();
        await run.time.pass(60_000);
        while (subject.thread.value.hasOlder) await subject.loadOlder();
        expect(run.lines()).toEqual(run.stored.map(({ id }) => id));
        expect(run.stored.filter(({ author }) => author.kind === "contact").map(({ id }) => id)).toEqual(own);
      }),
      { numRuns: 200 },
    );
  });
});
