import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sendFile } from "./send-file.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A request that nobody answers. */
function begin() {
  const request = new XMLHttpRequest();
  vi.spyOn(request, "open").mockImplementation(() => {});
  vi.spyOn(request, "setRequestHeader").mockImplementation(() => {});
  vi.spyOn(request, "send").mockImplementation(() => {});
  const abort = vi.spyOn(request, "abort").mockImplementation(() => {
    request.onloadend?.(new ProgressEvent("loadend"));
  });
  const told = { progress: vi.fn(), over: vi.fn() };
  const cancel = sendFile({ body: new FormData(), sessionToken: "token", request }, told);
  const advance = (): void =>
    void request.upload.onprogress?.call(request, new ProgressEvent("progress", { loaded: 1, total: 4 }));
  return { advance, abort, told, cancel };
}

test("a file that does not get on for a minute has failed, and may be sent again", () => {
  const { advance, told } = begin();
  vi.advanceTimersByTime(59_999);
  advance();
  vi.advanceTimersByTime(59_999);
  expect(told.over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(told.over).toHaveBeenCalledExactlyOnceWith({ kind: "failed", code: "network", retryable: true });
});

test("one that was cancelled is not heard of again", () => {
  const { abort, told, cancel } = begin();
  cancel();
  vi.advanceTimersByTime(600_000);
  expect(abort).toHaveBeenCalledOnce();
  expect(told.over).not.toHaveBeenCalled();
});
