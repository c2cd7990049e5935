import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Attachment } from "../../../shared/protocol.ts";
import { createAgentFiles } from "./agent-files.ts";

const picture: Attachment = { id: "p", name: "cat.png", type: "image/png", size: 9, width: 4, height: 3 };
const network = vi.fn<(path: string, init: { signal?: AbortSignal }) => Promise<Response>>();

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
  const files = createAgentFiles("token");
  const asked = files.thumbnail(picture);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(await asked).toBeNull();
  expect(network).toHaveBeenCalledTimes(5);
  network.mockRejectedValueOnce(new TypeError("Failed to fetch")).mockResolvedValueOnce(new Response("x"));
  const drawnAgain = files.thumbnail(picture);
  await vi.advanceTimersByTimeAsync(3000);
  expect(await drawnAgain).toBe("blob:1");
});

test("a file that nobody answers for can't be had", async () => {
  network.mockImplementation(
    (_, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  );
  const saved = createAgentFiles("token").save(picture);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await saved).toBe(false);
});

test("an upload that does not get on for a minute has failed", async () => {
  class Silent {
    readonly upload: { onprogress: ((event: object) => void) | null } = { onprogress: null };
    readonly status = 0;
    readonly responseText = "";
    onloadend = (): void => {};
    open(): void {}
    setRequestHeader(): void {}
    send(): void {
      setTimeout(() => this.upload.onprogress?.({ loaded: 1, total: 4 }), 50_000);
    }
    abort(): void {
      this.onloadend();
    }
  }
  vi.stubGlobal("XMLHttpRequest", Silent);
  const told = vi.fn();
  const failed = vi.fn();
  createAgentFiles("token")
    .upload("c", new File(["x"], "a.txt"), told, new AbortController().signal)
    .catch(failed);
  await vi.advanceTimersByTimeAsync(109_999);
  expect(told).toHaveBeenCalledExactlyOnceWith(0.25);
  expect(failed).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(failed).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "network" }));
});
