import { describe, expect, it, vi } from "vitest";
import type { SessionRecord } from "../store/store.ts";
import { createActivity } from "./activity.ts";

const minute = 60_000;

const session: SessionRecord = {
  id: "s1",
  contactId: "c1",
  conversationId: "v1",
  communityId: "acme",
  deploymentId: "acme-web",
  method: "contactJwt",
  preview: false,
  createdAt: 0,
  idleExpiresAt: 30 * minute,
  absoluteExpiresAt: 100 * minute,
  endedAt: null,
  hasRefreshToken: false,
};

function setUp() {
  let now = 0;
  const touchSession = vi.fn(async (_id: string, _idleExpiresAt: number) => {});
  const activity = createActivity({ store: { touchSession }, clock: { now: () => now } });
  return {
    activity,
    touchSession,
    turnTo: (time: number) => {
      now = time;
    },
    at: (time: number) => {
      now = time;
      return activity.touch(session, 30 * minute);
    },
  };
}

describe("What a customer does", () => {
  it("moves the idle expiry at once, as far as this node is concerned", () => {
    const { activity, at } = setUp();
    expect(at(1000)).toBe(30 * minute + 1000);
    expect(activity.current(session).idleExpiresAt).toBe(30 * minute + 1000);
    const told = { ...session, idleExpiresAt: 30 * minute + 1000 };
    expect(activity.current(told)).toBe(told);
  });

  it("is told to the store at most once a minute, or once in a tenth of a shorter idle time", () => {
    const { touchSession, at } = setUp();
    for (let second = 1; second <= 180; second++) at(second * 1000);
    expect(touchSession.mock.calls).toEqual([1, 2, 3].map((minutes) => ["s1", (30 + minutes) * minute]));
  });

  it("is told to the store in a tenth of an idle time of five minutes", () => {
    const { touchSession, activity, turnTo } = setUp();
    const short = { ...session, idleExpiresAt: 5 * minute };
    for (let second = 1; second <= 60; second++) {
      turnTo(second * 1000);
      activity.touch(short, 5 * minute);
    }
    expect(touchSession.mock.calls).toEqual([
      ["s1", 5.5 * minute],
      ["s1", 6 * minute],
    ]);
  });

  it("never takes the expiry back, where the idle time was shortened", () => {
    const { activity, at } = setUp();
    at(minute);
    expect(activity.touch(session, minute)).toBe(31 * minute);
    expect(activity.current(session).idleExpiresAt).toBe(31 * minute);
  });

  it("never moves the expiry past the absolute one", () => {
    const { at } = setUp();
    at(25 * minute);
    at(50 * minute);
    expect(at(75 * minute)).toBe(100 * minute);
    expect(at(99 * minute)).toBe(100 * minute);
  });

  it("does not wake an expired session", () => {
    const { at, touchSession } = setUp();
    expect(at(30 * minute)).toBe(30 * minute);
    expect(touchSession).not.toHaveBeenCalled();
  });

  it("is told again where the store failed", async () => {
    const { activity, touchSession, at } = setUp();
    touchSession.mockRejectedValueOnce(new Error("disk"));
    at(minute);
    await vi.waitFor(() => expect(touchSession.mock.results[0]?.type).toBe("return"));
    await Promise.resolve();
    expect(activity.current(session).idleExpiresAt).toBe(31 * minute);
    at(minute + 1);
    expect(touchSession).toHaveBeenCalledTimes(2);
  });

  it("is forgotten with the session", () => {
    const { activity, at } = setUp();
    at(minute);
    activity.forget("s1");
    expect(activity.current(session)).toBe(session);
    at(minute);
    at(20 * minute);
    activity.forgetExpired();
    expect(activity.current(session).idleExpiresAt).toBe(50 * minute);
    at(50 * minute);
    activity.forgetExpired();
    expect(activity.current(session)).toBe(session);
  });
});
