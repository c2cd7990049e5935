import { describe, expect, test } from "vitest";
import { FakeBrowser } from "../fixtures/fake-browser.ts";
import { fakeTime, settled } from "../fixtures/fake-time.ts";
import { createApi } from "./api.ts";
import { ApiError } from "./api-error.ts";

const answering = (body: BodyInit | null, init: ResponseInit = {}) =>
  createApi({ ...fakeTime(), fetch: async () => new Response(body, init) }, "acme-web");

const problem = (code: string, status: number, more: object = {}) =>
  answering(JSON.stringify({ code, detail: "What was found.", fix: "What to do.", status, ...more }), {
    status,
  });

const failure = (request: Promise<unknown>): Promise<ApiError> =>
  request.then(
    () => Promise.reject(new Error("It did not fail.")),
    (error) => (error instanceof ApiError ? error : Promise.reject(error)),
  );

describe("a request", () => {
  test("carries the session token in the header and nowhere else", async () => {
    const { companion, time } = new FakeBrowser();
    const api = createApi({ ...time, fetch: companion.fetch }, "acme-web");
    const { sessionToken } = await api.open({ type: "contactJwt", token: "ada.1" });
    await api.session(sessionToken);
    await api.messages(sessionToken, { side: "before", seq: 7, limit: 50 });
    await api.end(sessionToken, { everywhere: true });
    expect(companion.requests).toEqual([
      "POST /sessions",
      "GET /session",
      "GET /conversation/messages?before=7&limit=50",
      "DELETE /session?everywhere=true",
    ]);
  });

  test("that is refused fails with the server's code, cause and fix", async () => {
    const error = await failure(problem("token_expired", 401).session("token"));
    expect(error).toMatchObject({
      code: "token_expired",
      message: "What was found. What to do.",
      retryAfterMs: null,
    });
  });

  test("knows how long to wait", async () => {
    const error = await failure(problem("rate_limited", 429, { retryAfterSeconds: 3 }).session("token"));
    expect(error).toMatchObject({ code: "rate_limited", retryAfterMs: 3000 });
  });

  test.each([
    ["a captive portal", "<html>Please pay</html>", 200],
    ["a proxy", "<html>502 Bad Gateway</html>", 502],
    ["a stranger's JSON", '{"ok":true}', 200],
    ["an error that is no problem document", '{"error":"no"}', 500],
    ["nothing at all", "", 200],
  ])("answered by %s failed in the network", async (_, body, status) => {
    expect((await failure(answering(body, { status }).session("token"))).code).toBe("network");
  });

  test("that nobody answers ends after ten seconds", async () => {
    const time = fakeTime();
    const api = createApi(
      {
        ...time,
        fetch: (_, { signal }) =>
          new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
      },
      "acme-web",
    );
    const answer = failure(api.session("token"));
    await time.pass(9999);
    const early = await Promise.race([answer, settled()]);
    expect(early).toBeUndefined();
    await time.pass(1);
    expect((await answer).code).toBe("timeout");
  });

  test.each([
    ["", 502],
    ["", 200],
    ["<html>Please pay</html>", 200],
  ])("that ends a session is not done with %j and status %i", async (body, status) => {
    const error = await failure(answering(body, { status }).end("token", { everywhere: false }));
    expect(error.code).toBe("network");
  });

  test("that ends a session is done with 204", async () => {
    await expect(answering(null, { status: 204 }).end("token", { everywhere: false })).resolves.toBeNull();
  });
});
