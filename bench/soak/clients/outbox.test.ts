import { beforeEach, expect, test, vi } from "vitest";
import { check } from "../history/check.ts";
import { messageNumber, textOf } from "../message-number.ts";
import { ConversationLog } from "./conversation-log.ts";
import { type Counts, Outbox } from "./outbox.ts";

let log: ConversationLog;
let counts: Counts;
let sent: string[];
const transmit = (_id: string, text: string) => void sent.push(text);

beforeEach(() => {
  log = new ConversationLog({ round: 1, conversation: 2 }, "conversation");
  counts = { sent: 0, resent: 0, acknowledged: 0, delivered: 0, reconnects: 0 };
  sent = [];
});

const create = (window: number, postage: "once" | "twice" = "once") =>
  new Outbox({ log, writer: 1, window, postage, random: () => 0.5, counts });
const text = (index: number) => textOf(messageNumber(1, index));
const idOf = (index: number) => log.idOf(messageNumber(1, index));

test("keeps so many under way, and writes the next with each acknowledgement", () => {
  const outbox = create(2);
  outbox.lineUp(transmit);
  expect(sent).toEqual([text(0), text(1)]);
  outbox.acknowledged({ id: idOf(0), seq: 1 }, transmit);
  expect(sent.at(-1)).toBe(text(2));
  expect(counts).toMatchObject({ sent: 3, acknowledged: 1 });
});

test("sends what is in doubt again, in the order written, before anything new", () => {
  const outbox = create(3);
  outbox.lineUp(transmit);
  outbox.acknowledged({ id: idOf(1), seq: 1 }, transmit);
  sent = [];
  outbox.lineUp(transmit);
  expect(sent).toEqual([text(0), text(2), text(3)]);
});

test("writes nothing new once it is to finish, and is empty when all is acknowledged", () => {
  const outbox = create(1);
  outbox.lineUp(transmit);
  outbox.finish();
  outbox.acknowledged({ id: idOf(0), seq: 1 }, transmit);
  expect([sent, outbox.empty]).toEqual([[text(0)], true]);
});

test("sends again what was refused for now, and gives up what was refused for good", () => {
  vi.useFakeTimers();
  try {
    const outbox = create(1);
    outbox.lineUp(transmit);
    outbox.refused(idOf(0), "unavailable", transmit);
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual([text(0), text(0)]);
    outbox.refused(idOf(0), "message_conflict", transmit);
    expect(outbox.empty).toBe(true);
    expect(check(log.history).map(({ rule }) => rule)).toEqual(["refused"]);
  } finally {
    vi.useRealTimers();
  }
});

test("notes the acknowledgement of a repetition as well: it must name the same place", () => {
  const outbox = create(1);
  outbox.lineUp(transmit);
  outbox.acknowledged({ id: idOf(0), seq: 1 }, transmit);
  outbox.acknowledged({ id: idOf(0), seq: 2 }, transmit);
  expect(check(log.history).map(({ rule }) => rule)).toContain("misplaced");
});

test("posts twice where frames are doubled on the way", () => {
  create(1, "twice").lineUp(transmit);
  expect(sent).toEqual([text(0), text(0)]);
});

test("a message is recognised in its own conversation, as it was written, by whoever wrote it", () => {
  const wire = { id: idOf(4), seq: 1, text: text(4), author: { kind: "contact" } };
  expect(log.recognise("reader", wire)).toBe(messageNumber(1, 4));
  for (const other of [
    { ...wire, text: "another" },
    { ...wire, author: { kind: "agent" } },
    { ...wire, id: new ConversationLog({ round: 1, conversation: 3 }, "other").idOf(messageNumber(1, 4)) },
  ])
    expect(log.recognise("reader", other)).toBeNull();
  expect(log.history).toHaveLength(3);
});
