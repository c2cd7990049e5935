import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Appended, MessageDraft, SessionOpened, Store } from "../store.ts";
import { draft, hashOf, hour, open, openFor, opening, start, visitor } from "./fixtures.ts";
import { notices, takingOver } from "./handover.suite.ts";

/** Who acts: three visitors, two customers who may have been here before, and an agent who answers whoever it is. */
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("write"), who: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("answer"), who: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("repeat"), who: fc.integer({ min: 0, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("read"), who: fc.integer({ min: 0, max: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("signIn"),
      who: fc.integer({ min: 0, max: 2 }),
      as: fc.constantFrom("ada", "bob"),
    }),
  },
);

export function handoverPropertyContract(name: string, openStore: () => Promise<Store>, numRuns = 150): void {
  describe(`${name}: conversations that meet`, () => {
    it("keep every acknowledged message once, each author's in order, without a gap, however it interleaves", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(act, fc.boolean()), { maxLength: 40 }),
          fc.boolean(),
          async (acts, hasHistory) => {
            const store = await openStore();
            try {
              await play(store, acts, hasHistory);
            } finally {
              await store.close();
            }
          },
        ),
        { numRuns },
      );
    }, 180_000);
  });
}

type Act = { readonly kind: string; readonly who: number; readonly as?: string };

/** @param acts each with whether the next one waits for its answer; those that do not share a turn */
async function play(
  store: Store,
  acts: readonly (readonly [Act, boolean])[],
  hasHistory: boolean,
): Promise<void> {
  const people = await Promise.all([
    ...["v0", "v1", "v2"].map((text) =>
      open(store, opening(visitor, { tokenHash: hashOf(text), absoluteExpiresAt: start + hour })),
    ),
    ...(hasHistory ? ["ada", "bob"].map((identity) => openFor(store, identity)) : []),
  ]);
  const sent: { readonly given: MessageDraft; readonly stream: string; answers: Promise<Appended>[] }[] = [];
  const reads: Promise<unknown>[] = [];
  const signIns: { readonly visitorId: string; readonly opened: Promise<SessionOpened> }[] = [];

  function send(stream: string, more: Partial<MessageDraft>): void {
    const given = draft(more.conversationId ?? "", { id: randomUUID(), text: String(sent.length), ...more });
    sent.push({ given, stream, answers: [store.append(given)] });
  }

  const steps: Record<string, (act: Act) => void> = {
    write({ who }) {
      const person = people[who];
      if (!person) return;
      const { session, conversation, contact } = person;
      const { verified } = contact;
      send(session.id, { conversationId: conversation.id, sessionId: session.id, verified });
    },
    answer({ who }) {
      const conversationId = people[who]?.conversation.id;
      const author = { kind: "agent", name: "Acme" } as const;
      if (conversationId) send(`agent in ${conversationId}`, { conversationId, author });
    },
    repeat({ who }) {
      const one = sent[who];
      one?.answers.push(store.append(one.given));
    },
    read({ who }) {
      const person = people[who];
      if (person) reads.push(store.messages(person.conversation.id, { limit: 5 }));
    },
    signIn({ who, as = "ada" }) {
      const visitorId = people[who]?.contact.id ?? "";
      signIns.push({ visitorId, opened: store.openSession(takingOver(`v${who}`, as)) });
    },
  };
  for (const [one, waits] of acts) {
    steps[one.kind]?.(one);
    if (waits) await settled();
  }
  await settled();

  async function settled(): Promise<readonly string[]> {
    await Promise.all([...sent.flatMap(({ answers }) => answers), ...reads]);
    const opened = signIns.map(async (one) => ((await one.opened).ok ? [one.visitorId] : []));
    return (await Promise.all(opened)).flat();
  }

  const standing = new Map<string, { readonly conversation: string; readonly seq: number }>();
  const signedIn = await settled();
  expect(new Set(signedIn).size).toBe(signedIn.length);
  const found = (await store.conversations({ preview: false, limit: 100 })).items;
  for (const { conversation, contact, lastMessage } of found) {
    const { messages, lastSeq } = await store.messages(conversation.id, { limit: 100 });
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
    expect(lastSeq).toBe(messages.length);
    expect(lastMessage).toEqual(messages.at(-1));
    expect(conversation.contactId).toBe(contact.id);
    expect(signedIn).not.toContain(contact.id);
    for (const { read, delivered } of [conversation.agent, conversation.customer]) {
      expect(read).toBeLessThanOrEqual(delivered);
      expect(delivered).toBeLessThanOrEqual(lastSeq);
    }
    for (const { author, text, seq } of messages) {
      if (author.kind === "system") expect(Object.values(notices)).toContain(text);
      else {
        expect(standing.has(text)).toBe(false);
        standing.set(text, { conversation: conversation.id, seq });
      }
    }
  }

  const acknowledged = new Set<string>();
  const streams = new Map<string, { readonly conversation: string; readonly seq: number }>();
  for (const { given, stream, answers } of sent) {
    const answered = await Promise.all(answers);
    if (!answered.some(({ ok }) => ok)) continue;
    acknowledged.add(given.text);
    const place = standing.get(given.text);
    expect(place).toBeDefined();
    const before = streams.get(stream);
    // A message that was repeated may have been stored by the repetition, after its successors.
    if (!place || answers.length > 1) continue;
    if (before) {
      expect(place.conversation).toBe(before.conversation);
      expect(place.seq).toBeGreaterThan(before.seq);
    }
    streams.set(stream, place);
  }
  expect([...standing.keys()].toSorted()).toEqual([...acknowledged].toSorted());
}
