/** Acknowledgements, messages and pages in every order that a network can bring them. */

import fc from "fast-check";
import { expect, test } from "vitest";
import type { ServerFrame } from "../../../shared/protocol.ts";
import { at, ConversationStage, holder, live, ready, session } from "../fixtures/conversation-stage.ts";

test("a conversation ends up dense, in order and without doubles, however acknowledgements, messages and pages interleave", async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("write" as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("agent" as const), heard: fc.boolean() }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("answer" as const),
        how: fc.constantFrom("ack", "echo", "both", "echo first", "lost", "refused"),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("again" as const), back: fc.nat(5) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat(2000) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("reconnect" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("older" as const) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.array(step, { maxLength: 40 }), async (before, steps) => {
      const run = new ConversationStage();
      const { conversation: subject } = run;
      for (let count = 0; count < before; count++) run.agentWrites();
      subject.bind(session(before).conversation, holder);
      const resume = async () => {
        await run.time.pass(0);
        subject.receive(ready(run.stored.length));
        for (const message of run.stored.slice(subject.position())) subject.receive(live(message));
      };
      await resume();
      let answered = 0;
      const own: string[] = [];
      for (const action of steps) {
        switch (action.kind) {
          case "write":
            subject.send(`text ${own.length}`);
            own.push(`own-${own.length + 1}`);
            await run.time.pass(0);
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
            if (action.how === "refused") {
              subject.receive({
                t: "refused",
                id: frame.id,
                code: "rate_limited",
                detail: "",
                retryAfterMs: 1000,
              });
              break;
            }
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
            await resume();
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
      await resume();
      for (let round = 0; round < own.length + 2; round++) {
        const sends = run.frames.filter((frame) => frame.t === "send");
        for (const { id } of sends) {
          const { seq } = run.store(id);
          subject.receive({ t: "ack", id, seq, at });
        }
        await run.time.pass(0);
      }
      await resume();
      await run.time.pass(60_000);
      while (subject.thread.value.hasOlder) await subject.loadOlder();
      expect(run.lines()).toEqual(run.stored.map(({ id }) => id));
      expect(run.stored.filter(({ author }) => author.kind === "contact").map(({ id }) => id)).toEqual(own);
    }),
    { numRuns: 200 },
  );
});
