import { beforeEach, describe, expect, test } from "vitest";
import type { ServerFrame } from "../../../shared/protocol.ts";
import {
  at,
  ConversationStage,
  conversationId,
  holder,
  live,
  ready,
  session,
  written,
} from "../fixtures/conversation-stage.ts";
import type { Conversation } from "./conversation.ts";

let stage: ConversationStage;
let conversation: Conversation;

const opened = (lastSeq: number, readSeq = 0) => session(lastSeq, readSeq).conversation;
const sends = () => stage.frames.flatMap((frame) => (frame.t === "send" ? [frame.id] : []));

beforeEach(() => {
  stage = new ConversationStage();
  conversation = stage.conversation;
});

describe("a conversation", () => {
  test("keeps a message of one's own on the screen, and puts it at its place when it comes", async () => {
    conversation.bind(opened(0), holder);
    conversation.send("Hello");
    await stage.time.pass(0);
    const message = stage.store("own-1");
    conversation.receive({ t: "ack", id: "own-1", seq: 1, at });
    expect(stage.lines()).toEqual(["own-1?"]);
    conversation.receive(live(message));
    expect(conversation.thread.value.entries).toMatchObject([
      { kind: "message", own: true, status: "sent", message: { id: "own-1", seq: 1 } },
    ]);
    expect(stage.received).toEqual([]);
  });

  test("takes a message that comes before its acknowledgement as stored, and shows it once", async () => {
    conversation.bind(opened(0), holder);
    conversation.send("Hello");
    await stage.time.pass(0);
    conversation.receive(live(stage.store("own-1")));
    conversation.receive({ t: "ack", id: "own-1", seq: 1, at });
    conversation.receive(live(stage.store("own-1")));
    await stage.time.pass(60_000);
    expect(stage.lines()).toEqual(["own-1"]);
    expect(sends()).toEqual(["own-1"]);
  });

  test("reads what was acknowledged and does not come by itself", async () => {
    conversation.bind(opened(0), holder);
    conversation.send("Hello");
    await stage.time.pass(0);
    stage.agentWrites();
    stage.store("own-1");
    conversation.receive({ t: "ack", id: "own-1", seq: 2, at });
    await stage.time.pass(1000);
    expect(stage.lines()).toEqual(["agent-1", "own-1"]);
    expect(stage.received).toEqual([1]);
  });

  test("sends what is not known to be stored again under its id with the next connection", async () => {
    conversation.bind(opened(0), holder);
    conversation.send("one");
    conversation.send("two");
    await stage.time.pass(0);
    stage.isLive.value = false;
    conversation.send("three");
    await stage.time.pass(0);
    stage.isLive.value = true;
    conversation.receive(ready(0));
    await stage.time.pass(0);
    for (const id of ["own-1", "own-2", "own-3"]) conversation.receive(live(stage.store(id)));
    expect(sends()).toEqual(["own-1", "own-1", "own-2", "own-3"]);
    expect(stage.lines()).toEqual(["own-1", "own-2", "own-3"]);
  });

  test("shows a refusal at the message refused, to be retried or discarded", async () => {
    conversation.bind(opened(0), holder);
    conversation.send("one");
    conversation.send("two");
    await stage.time.pass(0);
    conversation.receive({ t: "refused", id: "own-1", code: "forbidden", detail: "" });
    conversation.receive({ t: "refused", id: "own-2", code: "message_too_long", detail: "" });
    expect(conversation.thread.value.entries).toMatchObject([
      { kind: "pending", id: "own-1", status: "failed", code: "forbidden", retryable: true },
      { kind: "pending", id: "own-2", status: "failed", code: "message_too_long", retryable: false },
    ]);
    conversation.discard("own-2");
    conversation.retry("own-1");
    await stage.time.pass(0);
    conversation.receive(live(stage.store("own-1")));
    expect(stage.lines()).toEqual(["own-1"]);
    expect(sends()).toEqual(["own-1", "own-2", "own-1"]);
  });

  test("moves its own messages on with the agents' receipts, and leaves the other lines as they are", async () => {
    conversation.bind(opened(0), holder);
    await stage.time.pass(0);
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
    for (let count = 0; count < 170; count++) stage.agentWrites();
    conversation.bind(opened(170, 170), holder);
    expect(conversation.thread.value).toMatchObject({ hasOlder: true, loadingOlder: true });
    await stage.time.pass(0);
    expect(stage.lines()).toHaveLength(100);
    await Promise.all([conversation.loadOlder(), conversation.loadOlder()]);
    expect(stage.lines()).toHaveLength(150);
    await conversation.loadOlder();
    await conversation.loadOlder();
    expect(conversation.thread.value).toMatchObject({ hasOlder: false, loadingOlder: false });
    expect(stage.lines()).toHaveLength(170);
    expect(stage.pages).toHaveLength(3);
    expect(stage.received).toEqual([]);
  });

  test("has nothing older where what was old has been removed", async () => {
    for (let count = 0; count < 170; count++) stage.agentWrites();
    stage.stored.splice(0, 70);
    conversation.bind(opened(170), holder);
    await stage.time.pass(0);
    expect(conversation.thread.value).toMatchObject({ hasOlder: true });
    await conversation.loadOlder();
    expect(conversation.thread.value).toMatchObject({ hasOlder: false, loadingOlder: false });
    expect(stage.lines()).toHaveLength(100);
  });

  test("that has missed very much goes to the newest page, with as many unread as a badge counts", async () => {
    for (let count = 0; count < 3; count++) stage.agentWrites();
    conversation.bind(opened(3, 3), holder);
    await stage.time.pass(0);
    for (let count = 0; count < 50_000; count++) stage.agentWrites();
    conversation.receive({ ...ready(50_003), readSeq: 3 } as ServerFrame);
    await stage.time.pass(0);
    expect([stage.lines().length, stage.lines().at(-1), conversation.unread.value]).toEqual([
      100,
      "agent-50003",
      100,
    ]);
    expect([conversation.position(), stage.pages.length]).toEqual([50_003, 2]);
    conversation.receive(live(stage.agentWrites()));
    expect(stage.lines().at(-1)).toBe("agent-50004");
    await conversation.loadOlder();
    expect(stage.lines()).toHaveLength(151);
  });

  test("that has missed very much does not show as on its way what was stored in what it passes over", async () => {
    conversation.bind(opened(0), holder);
    await stage.time.pass(0);
    conversation.receive(ready(0));
    await stage.time.pass(0);
    conversation.send("Stored, and acknowledged");
    const { id, seq } = stage.store("own-1");
    conversation.receive({ t: "ack", id, seq, at: "2026-11-21T09:30:00.000Z" } as ServerFrame);
    // The line is lost before the message itself comes.
    stage.isLive.value = false;
    for (let count = 0; count < 500; count++) stage.agentWrites();
    stage.isLive.value = true;
    conversation.receive(ready(501));
    await stage.time.pass(0);
    expect(stage.lines().at(-1)).toBe("agent-501");
    expect(stage.lines()).not.toContain("own-1?");
  });

  test("keeps what it has where little was missed: that is sent by the connection", async () => {
    for (let count = 0; count < 3; count++) stage.agentWrites();
    conversation.bind(opened(3, 3), holder);
    await stage.time.pass(0);
    conversation.receive(ready(203));
    await stage.time.pass(0);
    expect([stage.lines().length, conversation.position(), stage.pages.length]).toEqual([3, 3, 1]);
  });

  test("lets go of pages that were on their way when it went to the newest", async () => {
    for (let count = 0; count < 300; count++) stage.agentWrites();
    conversation.bind(opened(300, 300), holder);
    await stage.time.pass(0);
    // A page of before, and a gap: both are answered after the jump.
    const older = conversation.loadOlder();
    for (let count = 0; count < 1000; count++) stage.agentWrites();
    conversation.receive(ready(1300));
    await older;
    await stage.time.pass(10_000);
    const seqs = conversation.thread.value.entries.map((entry) =>
      entry.kind === "message" ? entry.message.seq : 0,
    );
    expect(seqs).toEqual(Array.from({ length: 100 }, (_, index) => 1201 + index));
    expect(conversation.thread.value.loadingOlder).toBe(false);
  });

  test("reads the first page with the next connection where it failed with the last", async () => {
    stage.agentWrites();
    stage.isLive.value = false;
    conversation.bind(opened(1), holder);
    await stage.time.pass(0);
    expect(stage.lines()).toEqual([]);
    stage.isLive.value = true;
    conversation.receive(ready(1));
    await stage.time.pass(0);
    expect(stage.lines()).toEqual(["agent-1"]);
  });

  test("reads the first page with the next heartbeat where it failed on a live connection", async () => {
    stage.agentWrites();
    stage.isLive.value = false;
    conversation.bind(opened(1), holder);
    conversation.receive(ready(1));
    await stage.time.pass(0);
    expect(stage.lines()).toEqual([]);
    stage.isLive.value = true;
    conversation.receive({ t: "pong" });
    await stage.time.pass(0);
    expect(stage.lines()).toEqual(["agent-1"]);
    expect(conversation.unread.value).toBe(1);
  });

  test("reads a gap that stays, and none that closes by itself", async () => {
    conversation.bind(opened(0), holder);
    await stage.time.pass(0);
    const [first, second] = [stage.agentWrites(), stage.agentWrites()];
    conversation.receive(live(second));
    expect([stage.lines(), conversation.position()]).toEqual([[], 0]);
    conversation.receive(live(first));
    conversation.receive(live(second));
    await stage.time.pass(1000);
    expect(stage.pages).toEqual([]);
    stage.agentWrites();
    conversation.receive(live(stage.agentWrites()));
    conversation.receive(live(stage.agentWrites()));
    expect(stage.lines()).toEqual(["agent-1", "agent-2"]);
    await stage.time.pass(1000);
    expect(stage.lines()).toEqual(["agent-1", "agent-2", "agent-3", "agent-4", "agent-5"]);
    expect(stage.received).toEqual([1, 2, 3, 4, 5]);
    expect(stage.pages).toEqual([{ side: "after", seq: 2, limit: 100 }]);
  });

  test("reads a gap longer than a page to its end, and tries again where reading fails", async () => {
    conversation.bind(opened(0), holder);
    await stage.time.pass(0);
    for (let count = 0; count < 250; count++) stage.agentWrites();
    stage.isLive.value = false;
    conversation.receive(live(written(250, "agent")));
    await stage.time.pass(400);
    expect([stage.lines(), stage.pages.length]).toEqual([[], 1]);
    stage.isLive.value = true;
    await stage.time.pass(120_000);
    expect(stage.lines()).toEqual(stage.stored.map(({ id }) => id));
    expect(stage.pages).toHaveLength(4);
  });

  test("counts what agents wrote after the last message read", async () => {
    conversation.bind(opened(0), holder);
    await stage.time.pass(0);
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

  test("counts and reports nothing that the system says", async () => {
    conversation.bind(opened(0), holder);
    await stage.time.pass(0);
    conversation.receive(live(written(1, "system")));
    conversation.receive(live(written(2, "agent")));
    expect([stage.lines(), conversation.unread.value]).toEqual([["system-1", "agent-2"], 1]);
    expect(stage.received).toEqual([2]);
  });

  test("learns from another device what was read", async () => {
    conversation.bind(opened(0), holder);
    await stage.time.pass(0);
    conversation.receive(live(stage.agentWrites()));
    conversation.receive({ t: "receipt", conversationId, by: "contact", kind: "read", seq: 1 });
    expect(conversation.unread.value).toBe(0);
  });

  test("reports a burst once, and with the next connection what the last one may have lost", async () => {
    conversation.bind(opened(0), holder);
    await stage.time.pass(0);
    for (let count = 0; count < 5; count++) conversation.receive(live(stage.agentWrites()));
    await stage.time.pass(500);
    stage.isLive.value = false;
    conversation.markRead(4);
    stage.isLive.value = true;
    expect(stage.frames).toEqual([{ t: "delivered", seq: 5 }]);
    conversation.receive(ready(5));
    await stage.time.pass(0);
    expect(stage.frames.slice(1)).toEqual([
      { t: "read", seq: 4 },
      { t: "delivered", seq: 5 },
    ]);
  });

  test("says that one is writing every three seconds at most, and that one has stopped", async () => {
    conversation.bind(opened(0), holder);
    await stage.time.pass(0);
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
    await stage.time.pass(0);
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
    conversation.bind(opened(0), holder);
    await stage.time.pass(0);
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
    for (let count = 0; count < 110; count++) stage.agentWrites();
    conversation.bind(opened(110), holder);
    conversation.send("Hello");
    await stage.time.pass(0);
    conversation.setDraft("more");
    void conversation.loadOlder();
    conversation.dispose();
    const frames = stage.frames.length;
    await stage.time.pass(60_000);
    expect([stage.frames.length, stage.received]).toEqual([frames, []]);
    expect(stage.lines()).toContain("agent-11");
    expect(stage.lines()).not.toContain("agent-1");
  });
});

describe("a conversation that was left", () => {
  test("says nothing as whoever comes next, and asks for nothing that it still waited for", async () => {
    conversation.bind(opened(3), holder);
    for (let seq = 1; seq <= 3; seq++) stage.agentWrites();
    conversation.receive(ready(3));
    await stage.time.pass(0);
    // A report of what arrived, a message without an answer and a gap are waited for.
    conversation.send("On its way");
    conversation.receive(live(written(9, "agent")));
    await stage.time.pass(0);
    conversation.dispose();
    stage.frames.length = stage.pages.length = 0;
    conversation.markRead(3);
    conversation.send("Too late");
    conversation.setDraft("Not said");
    await stage.time.pass(600_000);
    expect([stage.frames, stage.pages]).toEqual([[], []]);
  });
});
