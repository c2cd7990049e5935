import { describe, expect, test } from "vitest";
import { createFakeCompanion } from "../transport/fake-companion.ts";
import { byActivity, refreshed, unreadOf, withMessage, withReceipt } from "./conversations.ts";

const companion = createFakeCompanion();
const blank = companion.add("c1");
const asked = companion.store("c1", "contact", "Anybody there?");
const answered = companion.store("c1", "agent", "Yes.");

describe("a conversation's row", () => {
  test("counts what no agent has read, and nothing once an agent had the last word", () => {
    const unread = withMessage(blank, asked);
    expect(unreadOf(unread)).toBe(1);
    expect(unreadOf(withReceipt(unread, "agent", "read", 1))).toBe(0);
    expect(unreadOf(withMessage(unread, answered))).toBe(0);
  });

  test("counts on where the system had the last word, and that word not", () => {
    const remark = companion.store("c1", "system", "Signed in.");
    const remarked = withMessage(withMessage(blank, asked), { ...remark, seq: 2 });
    expect(unreadOf(remarked)).toBe(1);
    expect(unreadOf(withReceipt(remarked, "agent", "read", 1))).toBe(0);
  });

  test("ignores a message that it knows", () => {
    const both = withMessage(withMessage(blank, asked), answered);
    expect(withMessage(both, asked)).toBe(both);
  });

  test("moves receipts forwards only, and “read” moves “delivered” along", () => {
    const read = withReceipt(blank, "contact", "read", 2);
    expect(read.customer).toEqual({ delivered: 2, read: 2 });
    expect(withReceipt(read, "contact", "delivered", 1)).toBe(read);
    expect(read.agent).toEqual({ delivered: 0, read: 0 });
  });

  test("keeps what came live over an answer that is older, and takes the rest of the answer", () => {
    const live = withReceipt(withMessage(blank, asked), "agent", "read", 1);
    const merged = refreshed(live, { ...blank, state: "closed" });
    expect(merged).toMatchObject({ lastSeq: 1, lastMessage: asked, state: "closed", agent: { read: 1 } });
  });

  test("stands above those that were active earlier", () => {
    const later = { ...blank, id: "c2", updatedAt: "2026-11-22T00:00:00.000Z" };
    expect([blank, later].sort(byActivity)).toEqual([later, blank]);
  });
});
