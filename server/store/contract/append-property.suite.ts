import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Appended, MessageDraft, Store } from "../store.ts";
import { draft, openFor } from "./fixtures.ts";

/** Few ids and texts over few conversations, so that repetitions and conflicts are common. */
const attempt = fc.record({
  conversation: fc.nat(2),
  id: fc.nat(5).map((digit) => `00000000-0000-4000-8000-00000000000${digit}`),
  text: fc.constantFrom("yes", "no"),
});

type Step =
  | {
      readonly do: "append";
      readonly attempts: readonly { conversation: number; id: string; text: string }[];
    }
  | { readonly do: "read"; readonly conversation: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("append" as const),
    attempts: fc.array(attempt, { minLength: 1, maxLength: 8 }),
  }),
  fc.record({ do: fc.constant("read" as const), conversation: fc.nat(2) }),
);

/** What the first to use an id in a conversation said, by conversation and id; insertion is the order of `seq`. */
type Model = Map<string, string>[];

export function appendPropertyContract(name: string, openStore: () => Promise<Store>): void {
  describe(`${name}: however messages are sent, repeated and contradicted`, () => {
    it("each is stored once, densely numbered in the order of the acknowledgements", async () => {
      const store = await openStore();
      let run = 0;
      try {
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
            run += 1;
            const ids = await Promise.all(
              [0, 1, 2].map(async (n) => (await openFor(store, `run-${run}-${n}`)).conversation.id),
            );
            const model: Model = [new Map(), new Map(), new Map()];
            const acknowledged: number[][] = [[], [], []];
            for (const step of steps) {
              if (step.do === "read")
                await expectStored(store, ids[step.conversation], model[step.conversation]);
              else
                await Promise.all(
                  step.attempts.map(async ({ conversation, id, text }) => {
                    const given = draft(ids[conversation] ?? "", { id, text });
                    const expected = expectation(model[conversation], given);
                    const answer = await store.append(given);
                    expect(summary(answer)).toEqual(expected);
                    if (answer.ok && !answer.repeated) acknowledged[conversation]?.push(answer.message.seq);
                  }),
                );
            }
            for (const conversation of [0, 1, 2]) {
              const stored = model[conversation];
              await expectStored(store, ids[conversation], stored);
              expect(acknowledged[conversation]).toEqual(Array.from(stored ?? [], (_, index) => index + 1));
            }
          }),
          { numRuns: 60 },
        );
      } finally {
        await store.close();
      }
    }, 180_000);
  });
}

/** Decides in the order of asking, as the store does. */
function expectation(stored: Map<string, string> | undefined, { id, text }: MessageDraft): object {
  const before = stored?.get(id);
  if (before === undefined) {
    stored?.set(id, text);
    return { seq: stored?.size, repeated: false };
  }
  return before === text ? { seq: placeOf(stored, id), repeated: true } : { code: "message_conflict" };
}

const placeOf = (stored: Map<string, string> | undefined, id: string): number =>
  [...(stored ?? new Map()).keys()].indexOf(id) + 1;

const summary = (answer: Appended): object =>
  answer.ok ? { seq: answer.message.seq, repeated: answer.repeated } : { code: answer.code };

async function expectStored(
  store: Store,
  conversationId: string | undefined,
  model: Map<string, string> | undefined,
): Promise<void> {
  const { messages, lastSeq } = await store.messages(conversationId ?? "", { after: 0, limit: 100 });
  const expected = [...(model ?? new Map())].map(([id, text], index) => ({ id, text, seq: index + 1 }));
  expect(messages.map(({ id, text, seq }) => ({ id, text, seq }))).toEqual(expected);
  expect(lastSeq).toBe(expected.length);
}
