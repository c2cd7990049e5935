import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Attachment } from "../../../../shared/protocol.ts";
import { createDownloads } from "./downloads.ts";

const picture: Attachment = { id: "p", name: "cat.png", type: "image/png", size: 9, width: 4, height: 3 };
const network = vi.fn<(path: string, init: { signal: AbortSignal }) => Promise<Response>>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", network);
  network.mockReset().mockRejectedValue(new TypeError("Failed to fetch"));
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:1");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("a picture that was lost on the way is asked for again, a few times", async () => {
  network.mockRejectedValueOnce(new TypeError("Failed to fetch")).mockResolvedValueOnce(new Response("x"));
  const asked = createDownloads(() => "token").thumbnail(picture);
  await vi.advanceTimersByTimeAsync(3000);
  expect(await asked).toBe("blob:1");
  expect(network).toHaveBeenCalledTimes(2);
});

test("one that can't be had is given up", async () => {
  const asked = createDownloads(() => "token").thumbnail(picture);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(await asked).toBeNull();
  expect(network).toHaveBeenCalledTimes(5);
});

test("nothing is asked for again on behalf of who is gone", async () => {
  const downloads = createDownloads(() => "token");
  const asked = downloads.thumbnail(picture);
  await vi.advanceTimersByTimeAsync(1000);
  downloads.clear();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(await asked).toBeNull();
  expect(network).toHaveBeenCalledOnce();
});

test("a file that nobody answers for can't be had", async () => {
  network.mockImplementation(
    (_, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  const saved = createDownloads(() => "token").save(picture);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await saved).toBe(false);
});
