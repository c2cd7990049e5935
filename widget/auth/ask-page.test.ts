import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { messengerError } from "../bridge/messenger-error.ts";
import { askPage, type GetToken } from "./ask-page.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const ada = { contactJwt: "ada" };

function ask(getToken: GetToken, pauseMs = 0) {
  const asked = vi.fn(getToken);
  const abort = new AbortController();
  return { asked, abort, answer: askPage(asked, "expiring", abort, pauseMs) };
}

test("hands the reason and a signal to the page's function", async () => {
  const { asked, answer } = ask(async () => ada);
  await expect(answer).resolves.toEqual(ada);
  expect(asked).toHaveBeenCalledExactlyOnceWith({ reason: "expiring", signal: expect.any(AbortSignal) });
});

test("waits before it asks", async () => {
  const { asked, answer } = ask(async () => ada, 2000);
  await vi.advanceTimersByTimeAsync(1999);
  expect(asked).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await expect(answer).resolves.toEqual(ada);
});

test("an answer that does not come within 10 s is a timeout, and the page's function is told by its signal", async () => {
  const { asked, answer } = ask(() => new Promise(() => {}));
  const rejected = expect(answer).rejects.toMatchObject({ code: "timeout", retryable: true });
  await vi.advanceTimersByTimeAsync(10_000);
  await rejected;
  expect(asked.mock.calls[0]?.[0].signal.aborted).toBe(true);
});

test("an answer in time leaves no timer behind, and its signal alone", async () => {
  const { answer, abort } = ask(async () => ada);
  await answer;
  expect(vi.getTimerCount()).toBe(0);
  expect(abort.signal.aborted).toBe(false);
});

test("a cancelled question rejects at once with the reason given; one that waited is never put", async () => {
  const because = messengerError("destroyed", "Gone.");
  const put = ask(() => new Promise(() => {}));
  const waiting = ask(async () => ada, 5000);
  await vi.advanceTimersByTimeAsync(0);
  put.abort.abort(because);
  waiting.abort.abort(because);
  await expect(put.answer).rejects.toBe(because);
  await expect(waiting.answer).rejects.toBe(because);
  await vi.runAllTimersAsync();
  expect(waiting.asked).not.toHaveBeenCalled();
});

test("what the page's function throws is a network error that keeps its cause", async () => {
  const cause = new TypeError("Failed to fetch");
  const { answer } = ask(() => Promise.reject(cause));
  await expect(answer).rejects.toMatchObject({ code: "network", retryable: true, cause });
});

test("a placeholder from the page's function keeps its own code", async () => {
  const { answer } = ask(async () => ({ contactJwt: "{{jwt}}" }));
  await expect(answer).rejects.toMatchObject({ code: "placeholder_not_replaced" });
});
