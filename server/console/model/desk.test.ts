import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AuthorKind } from "../../../shared/protocol.ts";
import { DeskError } from "../transport/desk-error.ts";
import { createFakeCompanion } from "../transport/fake-companion.ts";
import { browserTimers } from "../transport/timers.ts";
import { createDesk } from "./desk.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A desk on a companion with Ada's conversation of `messages` messages. */
function setUp(messages = 0) {
  const companion = createFakeCompanion();
  companion.add("ada");
  for (let count = 1; count <= messages; count++) companion.store("ada", "contact", `Message ${count}`);
  const visible = signal(true);
  let ids = 0;
  const desk = createDesk({
    token: "good",
    api: companion.api,
    files: companion.files,
    openSocket: companion.openSocket,
    clock: { now: () => Date.now() },
    timers: browserTimers,
    random: () => 0.5,
    uuid: () => `id-${++ids}`,
    visible,
    report: (error) => (error instanceof Error ? error.message : ""),
  });
  /** Stores a message and sends it live. */
  const arrive = (conversationId: string, kind: AuthorKind, text: string, id?: string) => {
    const message = companion.store(conversationId, kind, text, id);
    companion.socket().receive({ t: "message", conversationId, message });
    return message;
  };
  const settle = () => vi.advanceTimersByTimeAsync(300);
  const texts = () => desk.selected.value?.thread.messages.map(({ text }) => text);
  return { companion, desk, visible, arrive, settle, texts };
}

describe("the list", () => {
  test("is read once the connection stands, and lives from then on", async () => {
    const { companion, desk, arrive, settle } = setUp(1);
    expect(companion.calls).toEqual([]);
    companion.socket().welcome();
    await settle();
    expect(desk.list.rows.value.map(({ id }) => id)).toEqual(["ada"]);
    arrive("ada", "contact", "One more");
    expect(desk.list.rows.value[0]?.lastMessage?.text).toBe("One more");
    expect(desk.unread.value).toBe(1);
  });

  test("takes in a conversation that it has never heard of", async () => {
    const { companion, desk, arrive, settle } = setUp(1);
    companion.socket().welcome();
    await settle();
    companion.add("bob");
    arrive("bob", "contact", "Hello");
    arrive("bob", "contact", "Hello?");
    await settle();
    expect(desk.list.rows.value.map(({ id }) => id)).toEqual(["bob", "ada"]);
    expect(companion.calls.filter((call) => call === "conversation bob")).toHaveLength(1);
  });

  test("keeps test conversations out until they are asked for", async () => {
    const { companion, desk, arrive, settle } = setUp(1);
    companion.socket().welcome();
    await settle();
    companion.add("test", { preview: true });
    arrive("test", "contact", "Testing");
    await settle();
    expect(desk.list.rows.value.map(({ id }) => id)).toEqual(["ada"]);
    desk.list.setView({ state: "open", preview: true });
    await settle();
    expect(desk.list.rows.value).toHaveLength(2);
  });

  test("says why it could not be read, and reads again when asked", async () => {
    const { companion, desk, settle } = setUp(1);
    companion.failWith = new DeskError("network", "The server can't be reached.");
    companion.socket().welcome();
    await settle();
    expect(desk.list.phase.value).toEqual({ kind: "failed", reason: "The server can't be reached." });
    companion.failWith = null;
    await desk.list.refresh();
    expect(desk.list.phase.value.kind).toBe("ready");
  });

  test("is read again by itself a moment after the network failed", async () => {
    const { companion, desk, settle, texts } = setUp(1);
    companion.failWith = new DeskError("network", "The server can't be reached.");
    companion.socket().welcome();
    desk.select("ada");
    await settle();
    expect([desk.list.phase.value.kind, desk.selected.value]).toEqual(["failed", null]);
    companion.failWith = null;
    await vi.advanceTimersByTimeAsync(5000);
    expect([desk.list.phase.value.kind, texts()]).toEqual(["ready", ["Message 1"]]);
  });

  test("takes in somebody new whose conversation could not be read at once", async () => {
    const { companion, desk, arrive, settle } = setUp(1);
    companion.socket().welcome();
    await settle();
    companion.add("bob");
    companion.failWith = new DeskError("unavailable", "The server answered 502.", 502);
    arrive("bob", "contact", "Hello");
    await settle();
    companion.failWith = null;
    expect(desk.list.rows.value.map(({ id }) => id)).toEqual(["ada"]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(desk.list.rows.value.map(({ id }) => id)).toEqual(["bob", "ada"]);
  });

  test("asks for nothing any more once it is closed, nor for what was refused", async () => {
    const { companion, desk, settle } = setUp(1);
    companion.failWith = new DeskError("not_found", "There is no such conversation.", 404);
    companion.socket().welcome();
    await settle();
    const { length } = companion.calls;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(companion.calls).toHaveLength(length);
    companion.failWith = new DeskError("network", "The server can't be reached.");
    await desk.list.refresh();
    desk.close();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(companion.calls).toHaveLength(length + 1);
  });

  test("shows a closed conversation again when its customer writes", async () => {
    const { companion, desk, arrive, settle } = setUp(1);
    companion.socket().welcome();
    await settle();
    desk.select("ada");
    await settle();
    expect(await desk.update({ state: "closed" })).toBeNull();
    expect(desk.list.rows.value).toEqual([]);
    await companion.api.update("ada", { state: "open" });
    arrive("ada", "contact", "One more thing");
    await settle();
    expect(desk.list.rows.value.map(({ state }) => state)).toEqual(["open"]);
  });
});

describe("what other agents do", () => {
  test("moves rows between the views, and shows who has a conversation", async () => {
    const { companion, desk, settle } = setUp(1);
    companion.socket().welcome();
    await settle();
    const changed = { t: "changed", conversationId: "ada", assignee: "Grace" } as const;
    companion.socket().receive({ ...changed, state: "waiting" });
    expect(desk.list.rows.value).toEqual([]);
    desk.list.setView({ state: "waiting", preview: false });
    expect(desk.list.rows.value).toMatchObject([{ id: "ada", assignee: "Grace" }]);
    companion.socket().receive({ ...changed, state: "open" });
    expect(desk.list.rows.value).toEqual([]);
  });

  test("brings in a conversation that this desk has never heard of", async () => {
    const { companion, settle } = setUp();
    companion.socket().welcome();
    await settle();
    companion.add("bob");
    companion.socket().receive({ t: "changed", conversationId: "bob", state: "open", assignee: null });
    await settle();
    expect(companion.calls).toContain("conversation bob");
  });

  test("is seen by who is there", () => {
    const { companion, desk } = setUp();
    companion.socket().welcome();
    companion.socket().receive({ t: "presence", agents: [{ name: "Agent" }, { name: "Grace" }] });
    expect(desk.agents.value.map(({ name }) => name)).toEqual(["Agent", "Grace"]);
  });
});

describe("a conversation", () => {
  test("shows its newest messages, then older ones on demand", async () => {
    const { companion, desk, settle, texts } = setUp(5);
    companion.socket().welcome();
    desk.select("ada");
    await settle();
    expect(texts()).toEqual(["Message 3", "Message 4", "Message 5"]);
    desk.loadOlder();
    desk.loadOlder();
    await settle();
    expect(texts()).toHaveLength(5);
    desk.loadOlder();
    await settle();
    expect(companion.calls.filter((call) => call.startsWith("messages"))).toHaveLength(2);
  });

  test("reads a gap from the store, as far as it reaches, and shows everything once", async () => {
    const { companion, desk, arrive, settle, texts } = setUp(1);
    companion.socket().welcome();
    desk.select("ada");
    await settle();
    for (let count = 2; count <= 9; count++) companion.store("ada", "contact", `Message ${count}`);
    arrive("ada", "contact", "Message 10");
    arrive("ada", "contact", "Message 11");
    await settle();
    expect(texts()).toEqual(Array.from({ length: 11 }, (_, index) => `Message ${index + 1}`));
  });

  test("catches up after the connection was lost", async () => {
    const { companion, desk, settle, texts } = setUp(1);
    companion.socket().welcome();
    desk.select("ada");
    await settle();
    companion.socket().drop(1006);
    companion.store("ada", "contact", "While you were away");
    await settle();
    desk.wake();
    companion.socket().welcome();
    await settle();
    expect(texts()).toEqual(["Message 1", "While you were away"]);
  });

  test("is read while it is looked at, and only delivered otherwise", async () => {
    const { companion, desk, visible, arrive, settle } = setUp(1);
    companion.socket().welcome();
    await settle();
    const socket = companion.socket();
    expect(socket.frames("delivered")).toEqual([{ t: "delivered", conversationId: "ada", seq: 1 }]);
    expect(socket.frames("read")).toEqual([]);
    desk.select("ada");
    await settle();
    expect(socket.frames("read").map(({ seq }) => seq)).toEqual([1]);
    visible.value = false;
    arrive("ada", "contact", "Are you there?");
    await settle();
    expect(socket.frames("delivered").at(-1)).toMatchObject({ seq: 2 });
    expect(socket.frames("read")).toHaveLength(1);
    visible.value = true;
    expect(socket.frames("read").map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test("shows that its customer is writing until they stop, send, or fall silent", async () => {
    const { companion, desk, arrive, settle } = setUp(1);
    companion.socket().welcome();
    desk.select("ada");
    await settle();
    const typing = (on: boolean) =>
      companion.socket().receive({ t: "typing", conversationId: "ada", by: "contact", name: null, on });
    typing(true);
    expect(desk.selected.value?.typing).toBe(true);
    typing(false);
    expect(desk.selected.value?.typing).toBe(false);
    typing(true);
    arrive("ada", "contact", "Here it is");
    expect(desk.selected.value?.typing).toBe(false);
    typing(true);
    await vi.advanceTimersByTimeAsync(7000);
    expect(desk.selected.value?.typing).toBe(false);
  });
});

describe("a visitor who signs in", () => {
  const guest = {
    contact: { id: "g", platformKey: "v1/acme/ANON/uid:g", name: null, verified: false, fields: {} },
  };
  const moved = { t: "moved", conversationId: "guest", to: "ada" } as const;

  /** A visitor's conversation beside Ada's, the visitor's selected. */
  async function withGuest() {
    const parts = setUp(1);
    parts.companion.add("guest", guest);
    parts.companion.store("guest", "contact", "Hello");
    parts.companion.socket().welcome();
    await parts.settle();
    parts.desk.select("guest");
    await parts.settle();
    return parts;
  }
  const rows = ({ desk }: Awaited<ReturnType<typeof withGuest>>) => desk.list.rows.value.map(({ id }) => id);

  test("is shown as verified where the conversation became the customer's", async () => {
    const parts = await withGuest();
    const { companion, desk, arrive, settle, texts } = parts;
    expect(desk.selected.value?.conversation.contact.verified).toBe(false);
    companion.update("guest", { contact: companion.add("bob").contact });
    arrive("guest", "system", "Signed in.");
    await settle();
    expect(desk.selected.value?.conversation.contact.verified).toBe(true);
    expect(texts()).toEqual(["Hello", "Signed in."]);
  });

  test("leaves the list for the customer, who is selected instead, with the reply being written", async () => {
    const parts = await withGuest();
    const { companion, desk, settle, texts } = parts;
    desk.setDraft("Good mor");
    for (const text of ["Written before signing in:", "Hello"]) companion.store("ada", "contact", text);
    companion.socket().receive(moved);
    await settle();
    expect(rows(parts)).toEqual(["ada"]);
    expect([desk.selectedId.value, desk.draft.value]).toEqual(["ada", "Good mor"]);
    expect(texts()).toEqual(["Message 1", "Written before signing in:", "Hello"]);
  });

  test("is left for nobody who looks at another conversation", async () => {
    const parts = await withGuest();
    const { companion, desk, settle } = parts;
    companion.add("bob");
    desk.select("bob");
    companion.socket().receive(moved);
    await settle();
    expect(rows(parts)).not.toContain("guest");
    expect(desk.selectedId.value).toBe("bob");
  });

  test("does not come back with an answer that was under way", async () => {
    const parts = await withGuest();
    const { companion, desk, settle } = parts;
    desk.list.refresh();
    companion.socket().receive(moved);
    await settle();
    expect(rows(parts)).toEqual(["ada"]);
  });

  test("gets the reply that was on its way, in the customer's conversation, under its own id", async () => {
    const { companion, desk } = await withGuest();
    desk.setDraft("On its way.");
    desk.send();
    const socket = companion.socket();
    socket.receive({ t: "refused", id: "id-1", conversationId: "guest", code: "not_found", detail: "Gone." });
    socket.receive(moved);
    expect(socket.frames("send")).toMatchObject([
      { conversationId: "guest", id: "id-1" },
      { conversationId: "ada", id: "id-1", text: "On its way." },
    ]);
    expect(desk.selected.value?.outgoing).toMatchObject([{ status: { kind: "sending" } }]);
  });

  test("is found by selecting the row, where the desk was away when it happened", async () => {
    const parts = await withGuest();
    const { companion, desk, settle } = parts;
    desk.select(null);
    companion.moved("guest", "ada");
    desk.select("guest");
    await settle();
    expect(desk.selectedId.value).toBe("ada");
    expect(rows(parts)).toEqual(["ada"]);
  });
});

describe("a reply", () => {
  async function ready() {
    const parts = setUp(1);
    parts.companion.socket().welcome();
    parts.desk.select("ada");
    await parts.settle();
    return parts;
  }
  const statuses = ({ desk }: Awaited<ReturnType<typeof ready>>) =>
    desk.selected.value?.outgoing.map(({ status }) => status.kind);

  test("shows at once, is stored, and stands in the conversation once", async () => {
    const parts = await ready();
    const { companion, desk, arrive, texts } = parts;
    desk.setDraft("On its way.");
    desk.send();
    expect([desk.draft.value, statuses(parts)]).toEqual(["", ["sending"]]);
    companion.socket().receive({ t: "ack", conversationId: "ada", id: "id-1", seq: 2, at: "" });
    expect(statuses(parts)).toEqual(["stored"]);
    arrive("ada", "agent", "On its way.", "id-1");
    expect([texts(), statuses(parts)]).toEqual([["Message 1", "On its way."], []]);
  });

  test("is sent again under its own id when the connection was lost before the answer", async () => {
    const parts = await ready();
    const { companion, desk, settle } = parts;
    desk.setDraft("On its way.");
    desk.send();
    const first = companion.socket().frames("send");
    companion.socket().drop(1006);
    desk.wake();
    companion.socket().welcome();
    await settle();
    expect(first).toHaveLength(1);
    expect(companion.socket().frames("send")).toEqual(first);
  });

  test("leaves the outbox when its message turns up in the store, acknowledged or not", async () => {
    const parts = await ready();
    const { companion, desk, settle } = parts;
    desk.setDraft("On its way.");
    desk.send();
    companion.store("ada", "agent", "On its way.", "id-1");
    companion.socket().drop(1006);
    desk.wake();
    companion.socket().welcome();
    await settle();
    expect(statuses(parts)).toEqual([]);
  });

  test("that is refused says why, and can be sent again or deleted", async () => {
    const parts = await ready();
    const { companion, desk } = parts;
    desk.setDraft("On its way.");
    desk.send();
    companion
      .socket()
      .receive({ t: "refused", id: "id-1", code: "message_too_long", detail: "It is too long." });
    expect(desk.selected.value?.outgoing[0]?.status).toMatchObject({
      kind: "failed",
      reason: "It is too long.",
    });
    desk.sending.retry("id-1");
    expect(
      companion
        .socket()
        .frames("send")
        .map(({ id }) => id),
    ).toEqual(["id-1", "id-1"]);
    desk.sending.discard("id-1");
    expect(statuses(parts)).toEqual([]);
  });

  test("that came too fast waits as long as the server says", async () => {
    const { companion, desk } = await ready();
    desk.setDraft("On its way.");
    desk.send();
    const refusal = {
      t: "refused",
      id: "id-1",
      code: "rate_limited",
      detail: "Slow down.",
      retryAfterMs: 800,
    } as const;
    companion.socket().receive(refusal);
    await vi.advanceTimersByTimeAsync(700);
    expect(companion.socket().frames("send")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(companion.socket().frames("send")).toHaveLength(2);
  });

  test("being written is announced now and then, and taken back", async () => {
    const { companion, desk } = await ready();
    for (const text of ["O", "On", "On its way"]) desk.setDraft(text);
    const announced = () =>
      companion
        .socket()
        .frames("typing")
        .map(({ on }) => on);
    expect(announced()).toEqual([true]);
    await vi.advanceTimersByTimeAsync(3100);
    desk.setDraft("On its way.");
    expect(announced()).toEqual([true, true]);
    desk.send();
    desk.setDraft(" ");
    expect(announced()).toEqual([true, true, false]);
  });

  test("belongs to its conversation, while it is written and while it is sent", async () => {
    const { companion, desk, settle } = await ready();
    companion.add("bob");
    desk.setDraft("Only for Ada");
    desk.select("bob");
    await settle();
    expect(desk.draft.value).toBe("");
    desk.setDraft("Only for Bob");
    desk.send();
    expect(companion.socket().frames("send")).toMatchObject([
      { conversationId: "bob", text: "Only for Bob" },
    ]);
    expect(desk.selected.value?.outgoing).toHaveLength(1);
    desk.select("ada");
    expect([desk.draft.value, desk.selected.value?.outgoing]).toEqual(["Only for Ada", []]);
  });
});
