import { describe, expect, it } from "vitest";
import { asFetch } from "./as-fetch.ts";
import { createGuardedFetch } from "./create-guarded-fetch.ts";
import { resolving, serve } from "./fixtures/test-server.ts";
import { OutboundRefused } from "./guarded-fetch.ts";

const guardedFetch = createGuardedFetch({ allowLoopback: true, lookup: resolving(["127.0.0.1"]) });
const fetch = asFetch(guardedFetch, { maxBytes: 1000, timeoutMs: 20_000 });

describe("The guarded fetch as fetch", () => {
  it("takes what libraries send, and answers with a Response", async () => {
    const port = await serve((request, response) => {
      response.writeHead(201, {
        "content-type": "application/json",
        "x-type": request.headers["content-type"],
      });
      request.pipe(response);
    });
    const answer = await fetch(`http://acme.example:${port}/token`, {
      method: "POST",
      headers: new Headers({ accept: "application/json" }),
      body: new URLSearchParams({ code: "a b" }),
      redirect: "manual",
    });
    expect(answer).toBeInstanceOf(Response);
    expect([answer.status, answer.ok]).toEqual([201, true]);
    expect(answer.headers.get("x-type")).toMatch("application/x-www-form-urlencoded");
    expect(await answer.text()).toBe("code=a+b");
  });

  it("takes a URL and a Request", async () => {
    const port = await serve((request, response) => response.end(request.url));
    const url = new URL(`http://acme.example:${port}/a`);
    expect(await (await fetch(url)).text()).toBe("/a");
    expect(await (await fetch(new Request(url))).text()).toBe("/a");
  });

  it.each([204, 205])("answers without a body where there is none (%i)", async (status) => {
    const port = await serve((_, response) => response.writeHead(status).end());
    expect((await fetch(`http://acme.example:${port}/`)).body).toBeNull();
  });

  it("names the method that it refuses", async () => {
    await expect(fetch("http://acme.example/", { method: "DELETE" })).rejects.toThrow(
      "Requests by DELETE are not made; GET and POST are.",
    );
  });

  it.each([
    ["a redirect, whatever the caller asks for", { redirect: "follow" }],
    ["another method", { method: "PUT" }],
    ["a request that was ended", { signal: AbortSignal.abort() }],
  ] as const)("refuses %s", async (_, init) => {
    const port = await serve((_, response) => response.writeHead(302, { location: "/b" }).end());
    await expect(fetch(`http://acme.example:${port}/`, init)).rejects.toThrow(OutboundRefused);
  });
});
