import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MessengerError } from "../bridge/messenger-error.ts";
import { createTokenSource, type GetToken } from "./token-source.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const ada = { contactJwt: "ada" };

function sourceOf(getToken: GetToken) {
  const asked = vi.fn(getToken);
  const source = createTokenSource();
  source.use(asked);
  return { source, asked };
}

test("hands the reason and a signal to the page's function", async () => {
  const { source, asked } = sourceOf(async () => ada);
  await expect(source.ask("expiring")).resolves.toEqual(ada);
  expect(asked).toHaveBeenCalledExactlyOnceWith({ reason: "expiring", signal: expect.any(AbortSignal) });
});

test("two who ask at the same time share one answer", async () => {
  const { source, asked } = sourceOf(async () => ada);
  await expect(Promise.all([source.ask("expired"), source.ask("expiring")])).resolves.toEqual([ada, ada]);
  expect(asked).toHaveBeenCalledOnce();
});

test("an answer that does not come within 10 s is a timeout, and the page's function is told by its signal", async () => {
  const { source, asked } = sourceOf(() => new Promise(() => {}));
  const answer = expect(source.ask("start")).rejects.toMatchObject({ code: "timeout", retryable: true });
  await vi.advanceTimersByTimeAsync(10_000);
  await answer;
  expect(asked.mock.calls[0]?.[0].signal.aborted).toBe(true);
});

test("a cancelled question rejects with the reason given, and its signal is aborted", async () => {
  const { source, asked } = sourceOf(() => new Promise(() => {}));
  const answer = source.ask("start");
  await vi.advanceTimersByTimeAsync(0);
  const because = new MessengerError("destroyed", "Gone.");
  source.cancel(because);
  await expect(answer).rejects.toBe(because);
  expect(asked.mock.calls[0]?.[0].signal.aborted).toBe(true);
});

test("what the page's function throws is a network error that keeps its cause", async () => {
  const cause = new TypeError("Failed to fetch");
  const { source } = sourceOf(() => Promise.reject(cause));
  await expect(source.ask("start")).rejects.toMatchObject({ code: "network", retryable: true, cause });
});

test("a function that throws at once is no different", async () => {
  const { source } = sourceOf(() => {
    throw new Error("broken");
  });
  await expect(source.ask("start")).rejects.toMatchObject({ code: "network" });
});

test("a placeholder from the page's function keeps its own code", async () => {
  const { source } = sourceOf(async () => ({ contactJwt: "{{jwt}}" }));
  await expect(source.ask("start")).rejects.toMatchObject({ code: "placeholder_not_replaced" });
});

test("after failures the page is left in peace for longer and longer, at most 30 s", async () => {
  const { source, asked } = sourceOf(() => Promise.reject(new Error("down")));
  const pauses: number[] = [];
  for (let failures = 0; failures < 9; failures++) {
    const before = Date.now();
    const answer = source.ask("expired").catch(() => {});
    await vi.runAllTimersAsync();
    await answer;
    pauses.push(Date.now() - before);
  }
  expect(asked).toHaveBeenCalledTimes(9);
  expect(pauses).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test("after 5 refused tokens in a row no more are asked for, until a new login", async () => {
  const { source, asked } = sourceOf(async () => ada);
  for (let refusals = 1; refusals <= 4; refusals++) {
    const answer = source.ask("rejected");
    await vi.runAllTimersAsync();
    await answer;
  }
  await expect(source.ask("rejected")).rejects.toMatchObject({ code: "sign_in_required" });
  await expect(source.ask("expired")).rejects.toMatchObject({ code: "sign_in_required" });
  expect(asked).toHaveBeenCalledTimes(4);
  source.use(asked);
  await expect(source.ask("start")).resolves.toEqual(ada);
});

test("a token that was good forgets the refusals before it", async () => {
  const { source, asked } = sourceOf(async () => ada);
  for (let round = 0; round < 10; round++) {
    const answer = source.ask("rejected");
    await vi.runAllTimersAsync();
    await answer;
    source.accepted();
  }
  expect(asked).toHaveBeenCalledTimes(10);
});
