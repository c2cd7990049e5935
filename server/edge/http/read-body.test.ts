import { Hono } from "hono";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { defaultLimits } from "../../../shared/limits.ts";
import { readBody } from "./read-body.ts";
import type { HttpContext } from "./route.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** What becomes of a body, as JSON. */
async function answerTo(body: ReadableStream<Uint8Array>): Promise<unknown> {
  const app = new Hono().post("/", async (http) => {
    const read = readBody(http as unknown as HttpContext, v.unknown(), defaultLimits);
    return http.json(await read.catch(({ code, message }) => ({ code, message })));
  });
  const request = new Request("http://x/", { method: "POST", body, duplex: "half" } as RequestInit);
  return (await app.request(request)).json();
}

test("a body that comes drop by drop is given up after half a minute", async () => {
  const settled = vi.fn();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const drop = (): void => {
        controller.enqueue(Buffer.from(" "));
        setTimeout(drop, 1000);
      };
      drop();
    },
  });
  const answer = answerTo(body);
  void answer.then(settled);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toMatchObject({
    code: "request_invalid",
    message: expect.stringContaining("within 30 seconds"),
  });
});

test("one that is there leaves no timer behind", async () => {
  expect(await answerTo(new Blob(['{"a":1}']).stream())).toEqual({ a: 1 });
  expect(vi.getTimerCount()).toBe(0);
});
