import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLoadFile } from "./load-file.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const url = "https://chat.example/assets/questions-abc.js";

test("a file that loads is asked for once", async () => {
  const module = {};
  const importModule = vi.fn(async () => module);
  await expect(createLoadFile(importModule)(url)).resolves.toBe(module);
  expect(importModule).toHaveBeenCalledExactlyOnceWith(`${url}#0`);
});

test("a file that fails is tried again, under an address that did not fail before", async () => {
  const importModule = vi.fn(async (_url: string) => ({}));
  importModule.mockRejectedValueOnce(new TypeError("Failed to fetch"));
  const loading = createLoadFile(importModule)(url);
  await vi.advanceTimersByTimeAsync(500);
  await expect(loading).resolves.toEqual({});
  expect(importModule.mock.calls).toEqual([[`${url}#0`], [`${url}#1`]]);
});

test("a file that fails three times is a network error that keeps its cause; the next load begins anew", async () => {
  const cause = new TypeError("Failed to fetch");
  const importModule = vi.fn((_url: string) => Promise.reject(cause));
  const loadFile = createLoadFile(importModule);
  const rejected = expect(loadFile(url)).rejects.toMatchObject({
    name: "MessengerError",
    code: "network",
    retryable: true,
    cause,
  });
  await vi.advanceTimersByTimeAsync(1_000);
  await rejected;
  expect(importModule).toHaveBeenCalledTimes(3);
  importModule.mockResolvedValueOnce({} as never);
  await expect(loadFile(url)).resolves.toEqual({});
  expect(importModule).toHaveBeenLastCalledWith(`${url}#3`);
});
