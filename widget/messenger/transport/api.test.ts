import { describe, expect, test } from "vitest";
import { FakeBrowser } from "../fixtures/fake-browser.ts";
import { fakeTime, settled } from "../fixtures/fake-time.ts";
import { createApi, isRefusal } from "./api.ts";

const answering = (body: BodyInit | null, init: ResponseInit = {}) =>
  createApi({ ...fakeTime(), fetch: async () => new Response(body, init) }, "acme-web");

const problem = (code: string, status: number, more: object = {}) =>
  answering(JSON.stringify({ code, detail: "What was found.", fix: "What to do.", status, ...more }), {
    status,
  });

describe("a request", () => {
  test("carries the session token in the header and nowhere else", async () => {
    const { companion, time } = new FakeBrowser();
    const sent: [path: string, init: RequestInit][] = [];
    const fetch = (path: string, init: RequestInit) => {
      sent.push([path, init]);
      return companion.fetch(path, init);
    };
    const api = createApi({ ...time, fetch }, "acme-web");
    const opened = await api.open({ type: "contactJwt", token: "ada.1" });
    if (isRefusal(opened)) throw new Error(opened.message);
    const { sessionToken } = opened;
    await api.session(sessionToken);
    await api.messages(sessionToken, { side: "before", seq: 7, limit: 50 });
    await api.renew(sessionToken, { type: "contactJwt", token: "ada.2" });
    await api.end(sessionToken, "everywhere=true");
    expect(companion.requests).toEqual([
      "POST /sessions",
      "GET /session",
      "GET /conversation/messages?before=7&limit=50",
      "POST /session/renew",
      "DELETE /session?everywhere=true",
    ]);
    const [first, ...others] = sent.map(([, { headers }]) => new Headers(headers).get("authorization"));
    expect(first).toBeNull();
    expect(new Set(others)).toEqual(new Set([`Bearer ${sessionToken}`]));
    for (const [path, { body }] of sent) expect(`${path} ${body}`).not.toContain(sessionToken);
  });

  test("that is refused says the server's code, cause and fix", async () => {
    expect(await problem("token_expired", 401).session("token")).toEqual({
      code: "token_expired",
      message: "What was found. What to do.",
      retryable: false,
      retryAfterMs: undefined,
    });
  });

  test("knows how long to wait", async () => {
    const answer = await problem("rate_limited", 429, { retryAfterSeconds: 3 }).session("token");
    expect(answer).toMatchObject({ code: "rate_limited", retryable: true, retryAfterMs: 3000 });
  });

  test("may be tried again where the server failed", async () => {
    expect(await problem("unavailable", 503).session("token")).toMatchObject({ retryable: true });
  });

  test.each([
    ["a captive portal", "<html>Please pay</html>", 200],
    ["a proxy", "<html>502 Bad Gateway</html>", 502],
    ["an error that is no problem document", '{"error":"no"}', 500],
    ["an error that is no object", "null", 500],
    ["a gateway that has codes of its own", '{"code":503,"message":"no upstream"}', 503],
    ["nothing at all", "", 200],
  ])("answered by %s failed in the network, which passes", async (_, body, status) => {
    const answer = await answering(body, { status }).session("token");
    expect(answer).toMatchObject({ code: "network", retryable: true });
  });

  test("that does not get through failed in the network", async () => {
    const fetch = () => Promise.reject(new TypeError("Failed to fetch"));
    const answer = await createApi({ ...fakeTime(), fetch }, "acme-web").session("token");
    expect(answer).toMatchObject({ code: "network", retryable: true });
  });

  test.each<[string, (aborted: Promise<never>) => Promise<Response>]>([
    ["that nobody answers", (aborted) => aborted],
    ["whose answer never ends", async (aborted) => Object.assign(new Response(), { json: () => aborted })],
  ])("%s ends after ten seconds", async (_, respond) => {
    const time = fakeTime();
    const fetch = (_path: string, { signal }: RequestInit) =>
      respond(
        new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
      );
    const answer = createApi({ ...time, fetch }, "acme-web").session("token");
    await time.pass(9999);
    expect(await Promise.race([answer, settled()])).toBeUndefined();
    await time.pass(1);
    expect(await answer).toMatchObject({ code: "timeout", retryable: true });
  });

  test.each([
    ["", 502],
    ["", 200],
    ["<html>Please pay</html>", 200],
    ["{}", 200],
    ["[]", 200],
    ["null", 200],
    ['"ok"', 200],
    ['{"status":"ok"}', 200],
  ])("that ends a session is not done with %j and status %i", async (body, status) => {
    expect(await answering(body, { status }).end("token", "")).toMatchObject({ code: "network" });
  });

  test.each([
    ['{"endSessionUrl":"https://login.example/end"}', { endSessionUrl: "https://login.example/end" }],
    ['{"endSessionUrl":null}', null],
  ])("that ends a session at the provider is done with %s", async (body, ended) => {
    expect(await answering(body).end("token", "atProvider=true")).toEqual(ended);
  });

  test("tells the server's time, whatever this device's clock says", async () => {
    const time = fakeTime();
    const date = "Sat, 21 Nov 2026 12:00:00 GMT";
    const fetch = async () => new Response("{}", { headers: { date } });
    const api = createApi({ ...time, fetch }, "acme-web");
    expect(api.now()).toBe(time.clock.now());
    await api.session("token");
    await time.pass(5000);
    expect(new Date(api.now()).toISOString()).toBe("2026-11-21T12:00:05.000Z");
  });

  test("that ends a session is done with 204", async () => {
    expect(await answering(null, { status: 204 }).end("token", "")).toBeNull();
  });

  test("that ends a session outlives the page", async () => {
    const sent: RequestInit[] = [];
    const fetch = async (_: string, init: RequestInit) => {
      sent.push(init);
      return new Response(null, { status: 204 });
    };
    await createApi({ ...fakeTime(), fetch }, "acme-web").end("token", "");
    expect(sent).toMatchObject([{ method: "DELETE", keepalive: true }]);
  });
});
