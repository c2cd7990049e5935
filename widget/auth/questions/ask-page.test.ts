import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { messengerError } from "../../bridge/messenger-error.ts";
import { askPage, type PageFunction } from "./ask-page.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const ada = { contactJwt: "ada" };

function ask(call: PageFunction["call"], name: PageFunction["name"] = "getToken") {
  const asked = vi.fn(call);
  const abort = new AbortController();
  return { asked, abort, answer: askPage({ name, call: asked }, "expiring", abort) };
}

test("hands the reason and a signal to the page's function", async () => {
  const { asked, answer } = ask(async () => ada);
  await expect(answer).resolves.toEqual(ada);
  expect(asked).toHaveBeenCalledExactlyOnceWith({ reason: "expiring", signal: expect.any(AbortSignal) });
});

test("an answer that does not come within 10 s is a timeout, and the page's function is told by its signal", async () => {
  const { asked, answer } = ask(() => new Promise(() => {}));
  const rejected = expect(answer).rejects.toMatchObject({ code: "timeout", retryable: true });
  await vi.advanceTimersByTimeAsync(10_000);
  await rejected;
  expect(asked.mock.calls[0]?.[0].signal.aborted).toBe(true);
});

test("a promise that hangs while the computer sleeps is over once it wakes up, whatever the timer still has left", async () => {
  const { answer } = ask(() => new Promise(() => {}), "getAuthCode");
  const rejected = expect(answer).rejects.toMatchObject({
    code: "timeout",
    message: "getAuthCode() took longer than 10 s.",
  });
  await vi.advanceTimersByTimeAsync(2_500);
  vi.setSystemTime(Date.now() + 8 * 3_600_000);
  await vi.advanceTimersByTimeAsync(1_000);
  await rejected;
});

test("a clock that is set back does not lengthen the limit", async () => {
  const { answer } = ask(() => new Promise(() => {}));
  const rejected = expect(answer).rejects.toMatchObject({ code: "timeout" });
  vi.setSystemTime(Date.now() - 3_600_000);
  await vi.advanceTimersByTimeAsync(10_000);
  await rejected;
});

test("an answer in time leaves no timer behind, and its signal alone", async () => {
  const { answer, abort } = ask(async () => ada);
  await answer;
  expect(vi.getTimerCount()).toBe(0);
  expect(abort.signal.aborted).toBe(false);
});

test("a cancelled question rejects at once with the reason given; one that is cancelled in time is never put", async () => {
  const because = messengerError("destroyed", "Gone.");
  const put = ask(() => new Promise(() => {}));
  await vi.advanceTimersByTimeAsync(0);
  const early = ask(async () => ada);
  put.abort.abort(because);
  early.abort.abort(because);
  await expect(put.answer).rejects.toBe(because);
  await expect(early.answer).rejects.toBe(because);
  expect(put.asked.mock.calls[0]?.[0].signal.reason).toBe(because);
  expect(early.asked).not.toHaveBeenCalled();
});

test("what the page's function throws is a network error that keeps its cause", async () => {
  const cause = new TypeError("Failed to fetch");
  const { answer } = ask(() => Promise.reject(cause));
  await expect(answer).rejects.toMatchObject({ code: "network", retryable: true, cause });
  const thrown = ask(() => {
    throw cause;
  });
  await expect(thrown.answer).rejects.toMatchObject({ code: "network", cause });
});
