import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draft } from "../contract/fixtures.ts";
import type { Appended, MessageDraft } from "../store.ts";
import { createConversationQueue, type WhenHeld } from "./conversation-queue.ts";
import { DatabaseFailure } from "./failure.ts";

interface Batch {
  readonly whenHeld: WhenHeld;
  readonly texts: readonly string[];
  readonly conversations: readonly string[];
  /** Stores what is of none of these conversations. */
  answer(held?: readonly string[]): Promise<void>;
  fail(error: unknown): Promise<void>;
}

/** A database that answers when it is told to. */
function createFakeDatabase() {
  const batches: Batch[] = [];
  const seqs = new Map<string, number>();
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

  function store(
    drafts: readonly MessageDraft[],
    whenHeld: WhenHeld,
  ): Promise<readonly (Appended | "held")[]> {
    return new Promise((resolve, reject) => {
      batches.push({
        whenHeld,
        texts: drafts.map(({ text }) => text),
        conversations: [...new Set(drafts.map(({ conversationId }) => conversationId))],
        answer(held = []) {
          resolve(drafts.map((one) => (held.includes(one.conversationId) ? "held" : stored(one))));
          return settled();
        },
        fail(error) {
          reject(error);
          return settled();
        },
      });
    });
  }

  function stored({ conversationId, text, id, author, attachments, verified }: MessageDraft): Appended {
    const seq = (seqs.get(conversationId) ?? 0) + 1;
    seqs.set(conversationId, seq);
    return { ok: true, repeated: false, message: { id, seq, text, author, attachments, verified, at: "" } };
  }

  const queue = createConversationQueue({
    store,
    charactersOf: ({ text }) => text.length,
    atEndOfTurn: setImmediate,
  });
  return { queue, batches, settled };
}

const failure = (code: string) => new DatabaseFailure(Object.assign(new Error(code), { code }));

describe("What is on its way into conversations", () => {
  it("of one turn share a batch, whatever conversations they are of", async () => {
    const { queue, batches, settled } = createFakeDatabase();
    const sent = ["a", "b", "a"].map((id, index) => queue.add(draft(id, { text: `${index}` })));
    await settled();
    expect(batches).toMatchObject([{ whenHeld: "skip", texts: ["0", "2", "1"] }]);
    await batches[0]?.answer();
    expect(await Promise.all(sent)).toMatchObject([
      { message: { seq: 1 } },
      { message: { seq: 1 } },
      { message: { seq: 2 } },
    ]);
  });

  it("gather while two batches are under way, and those of a conversation wait for its batch", async () => {
    const { queue, batches, settled } = createFakeDatabase();
    void queue.add(draft("a", { text: "first" }));
    await settled();
    void queue.add(draft("a", { text: "second" }));
    void queue.add(draft("b", { text: "third" }));
    await settled();
    void queue.add(draft("c", { text: "fourth" }));
    await settled();
    expect(batches.map(({ texts }) => texts)).toEqual([["first"], ["third"]]);
    await batches[0]?.answer();
    expect(batches[2]?.texts.toSorted()).toEqual(["fourth", "second"]);
  });

  it("of one hot conversation take part of a batch only, and then go behind the others", async () => {
    const { queue, batches, settled } = createFakeDatabase();
    for (let n = 1; n <= 250; n++) void queue.add(draft("hot", { text: `${n}` }));
    const cold = queue.add(draft("cold", { text: "cold" }));
    await settled();
    expect(batches.map(({ texts }) => texts.length)).toEqual([101]);
    void queue.add(draft("late", { text: "late" }));
    await batches[0]?.answer();
    expect(await cold).toMatchObject({ ok: true });
    expect(batches[1]?.texts.slice(0, 2)).toEqual(["late", "101"]);
    expect(batches[1]?.texts).toHaveLength(101);
  });

  it("of a conversation that another node holds wait by themselves, before later ones, and nothing waits with them", async () => {
    const { queue, batches, settled } = createFakeDatabase();
    const hot = queue.add(draft("hot", { text: "hot 1" }));
    const cold = queue.add(draft("cold", { text: "cold" }));
    await settled();
    void queue.add(draft("hot", { text: "hot 2" }));
    await batches[0]?.answer(["hot"]);
    expect(await cold).toMatchObject({ ok: true });
    expect(batches[1]).toMatchObject({ whenHeld: "wait", texts: ["hot 1", "hot 2"] });
    void queue.add(draft("cold", { text: "goes on" }));
    await settled();
    expect(batches[2]).toMatchObject({ whenHeld: "skip", texts: ["goes on"] });
    await batches[1]?.answer();
    expect(await hot).toMatchObject({ ok: true, message: { seq: 1 } });
    void queue.add(draft("hot", { text: "hot 3" }));
    await settled();
    expect(batches[3]).toMatchObject({ whenHeld: "skip", texts: ["hot 3"] });
  });

  it("are refused with their batch where the database fails", async () => {
    const { queue, batches, settled } = createFakeDatabase();
    const sent = ["a", "b"].map((id) => queue.add(draft(id)));
    const refused = Promise.allSettled(sent);
    await settled();
    await batches[0]?.fail(failure("ECONNRESET"));
    for (const one of await refused)
      expect(one).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
    expect(batches).toHaveLength(1);
    void queue.add(draft("a"));
    await settled();
    expect(batches).toHaveLength(2);
  });

  it("are tried one by one where one of them can't be stored", async () => {
    const { queue, batches, settled } = createFakeDatabase();
    const sent = ["good", "bad", "better"].map((text) => queue.add(draft("a", { text })));
    const answers = Promise.allSettled(sent);
    await settled();
    await batches[0]?.fail(failure("22P05"));
    for (const at of [1, 2, 3])
      await (at === 2 ? batches[at]?.fail(failure("22P05")) : batches[at]?.answer());
    expect(await answers).toMatchObject([
      { status: "fulfilled", value: { message: { seq: 1 } } },
      { status: "rejected", reason: { code: "unavailable" } },
      { status: "fulfilled", value: { message: { seq: 2 } } },
    ]);
  });

  it("are refused when too many wait, and when the store is closed, which lets the others through", async () => {
    const { queue, batches, settled } = createFakeDatabase();
    const sent = Array.from({ length: 20_000 }, (_, index) => queue.add(draft(`c-${index % 500}`)));
    await expect(queue.add(draft("a"))).rejects.toMatchObject({ code: "unavailable" });
    const closed = queue.close();
    await expect(queue.add(draft("a"))).rejects.toMatchObject({ code: "unavailable" });
    await settled();
    for (let at = 0; at < batches.length; at++) await batches[at]?.answer();
    await closed;
    expect(await Promise.all(sent)).toHaveLength(20_000);
  });

  it("are each answered once, in the order of their conversation, whatever is held and however batches end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({ send: fc.constantFrom("a", "b", "c") }),
            fc.record({ end: fc.nat(3), held: fc.subarray(["a", "b", "c"]), fails: fc.boolean() }),
          ),
          { maxLength: 60 },
        ),
        async (steps) => {
          const { queue, batches, settled } = createFakeDatabase();
          const answered: { conversation: string; sent: number; seq: number | null }[] = [];
          let sent = 0;
          const open = new Set<Batch>();
          let known = 0;
          const look = async () => {
            await settled();
            for (const batch of batches.slice(known)) open.add(batch);
            known = batches.length;
          };
          for (const step of steps) {
            if ("send" in step) {
              const order = sent++;
              const conversation = step.send;
              queue.add(draft(conversation)).then(
                (answer) =>
                  answered.push({ conversation, sent: order, seq: answer.ok ? answer.message.seq : null }),
                () => answered.push({ conversation, sent: order, seq: null }),
              );
            } else {
              const batch = [...open][step.end];
              if (batch) {
                open.delete(batch);
                if (step.fails) await batch.fail(failure("57P01"));
                else await batch.answer(batch.whenHeld === "wait" ? [] : step.held);
              }
            }
            await look();
            const underWay = [...open].flatMap(({ conversations }) => conversations);
            expect(new Set(underWay).size).toBe(underWay.length);
          }
          while (open.size > 0) {
            for (const batch of open) {
              open.delete(batch);
              await batch.answer();
            }
            await look();
          }
          expect(answered).toHaveLength(sent);
          for (const conversation of ["a", "b", "c"]) {
            const own = answered.filter((one) => one.conversation === conversation);
            expect(own.map((one) => one.sent)).toEqual(own.map((one) => one.sent).toSorted((x, y) => x - y));
            const seqs = own.flatMap(({ seq }) => seq ?? []);
            expect(seqs).toEqual(seqs.map((_, index) => index + 1));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
