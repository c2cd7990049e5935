import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createChannels } from "./channels.ts";

const channels = createChannels("vouch:1:");
const moved = (conversationId: string) => ({ kind: "moved", conversationId, to: "c2" }) as const;

test("a topic has a channel of its own, found in a cluster by all of its name", () => {
  expect(channels.of("session:s1")).toEqual(["vouch:1:{session:s1}"]);
  expect(channels.for("session:s1", { kind: "ended", sessionId: "s1" })).toBe("vouch:1:{session:s1}");
});

test("what agents hear goes through several channels, a conversation always through the same", () => {
  const ids = Array.from({ length: 2000 }, () => randomUUID());
  const used = new Set(ids.map((id) => channels.for("conversations", moved(id))));
  expect([...used].toSorted()).toEqual(channels.of("conversations").toSorted());
  for (const id of ids)
    expect(channels.for("conversations", moved(id))).toBe(channels.for("conversations", moved(id)));
});
