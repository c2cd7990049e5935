import { describe, expect, it } from "vitest";
import type { Community } from "../config/config.ts";
import type { Erased, Expired, RetentionPolicy } from "../store/erasure-store.ts";
import { nothingErased } from "../store/units/erasure.ts";
import { createRetention } from "./retention.ts";

const dayMs = 86_400_000;
const now = Date.UTC(2026, 10, 21);

/** Answers each question with the next of `pages`; none: nothing to remove. */
function stage(retention: Community["retention"], pages: (Partial<Expired> | Error)[] = []) {
  const clock = { at: now, now: () => clock.at };
  const asked: { policy: RetentionPolicy; cursor: string | null }[] = [];
  const told: Erased[] = [];
  const failures: unknown[] = [];
  const { sweep } = createRetention({
    clock,
    store: {
      async expire(policy, cursor) {
        asked.push({ policy, cursor });
        const page = pages.shift() ?? {};
        if (page instanceof Error) throw page;
        return { ...nothingErased, cursor: null, ...page };
      },
    },
    communities: () => [{ id: "acme", retention } as Community],
    erased: (erased) => told.push(erased),
    failed: (error) => failures.push(error),
  });
  return { clock, asked, told, failures, sweep };
}

describe("Retention", () => {
  it("keeps everything where the community says nothing", async () => {
    const { asked, sweep } = stage({ messageDays: null, visitorDays: null });
    await sweep();
    expect(asked).toEqual([]);
  });

  it("counts its days back from now", async () => {
    const { asked, sweep } = stage({ messageDays: 30, visitorDays: null });
    await sweep();
    expect(asked).toEqual([
      {
        policy: { communityId: "acme", messagesBefore: now - 30 * dayMs, visitorsBefore: null },
        cursor: null,
      },
    ]);
  });

  it("walks to the end, tells what is gone, and rests for an hour", async () => {
    const { clock, asked, told, sweep } = stage({ messageDays: 1, visitorDays: 1 }, [
      { cursor: "100", messages: 3 },
      { cursor: "200" },
      { contactIds: ["c"] },
    ]);
    await sweep();
    expect(asked.map(({ cursor }) => cursor)).toEqual([null, "100", "200"]);
    expect(told).toMatchObject([{ messages: 3 }, { contactIds: ["c"] }]);
    await sweep();
    expect(asked).toHaveLength(3);
    clock.at += 3_600_000;
    await sweep();
    expect(asked).toHaveLength(4);
  });

  it("begins again with the next sweep where the store failed", async () => {
    const { asked, failures, sweep } = stage({ messageDays: 1, visitorDays: null }, [
      { cursor: "100" },
      new Error("gone"),
    ]);
    await sweep();
    expect(failures).toHaveLength(1);
    await sweep();
    expect(asked.map(({ cursor }) => cursor)).toEqual([null, "100", null]);
  });

  it("never walks twice at a time", async () => {
    const { asked, sweep } = stage({ messageDays: 1, visitorDays: null });
    await Promise.all([sweep(), sweep()]);
    expect(asked).toHaveLength(1);
  });
});
