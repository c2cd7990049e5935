import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { insist } from "./insist.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a file that is lost is asked for again until it is there, with pauses", async () => {
  const load = vi.fn(async () => "file").mockRejectedValueOnce(new TypeError("Failed to fetch"));
  load.mockRejectedValueOnce(new TypeError("Failed to fetch"));
  const loaded = vi.fn();
  void insist(load).then(loaded);
  await vi.advanceTimersByTimeAsync(2_999);
  expect(load).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(3_001);
  expect(load).toHaveBeenCalledTimes(3);
  expect(loaded).toHaveBeenCalledExactlyOnceWith("file");
});
