import { describe, expect, test, vi } from "vitest";
import { createAgentApi } from "./agent-api.ts";

function setUp(status: number, body: string) {
  const asked = vi.fn(async (_input: unknown, _init?: RequestInit) => new Response(body, { status }));
  return { asked, api: createAgentApi({ token: "good", fetch: asked as unknown as typeof fetch }) };
}

describe("the agents' REST interface", () => {
  test("is asked with the token in a header, never in the address", async () => {
    const { asked, api } = setUp(200, '{"conversations":[],"cursor":null}');
    await api.list({ state: "open", preview: false, cursor: "a b" });
    const [address, init] = asked.mock.calls[0] ?? [];
    expect(address).toBe("/api/v1/agent/conversations?limit=50&preview=false&state=open&cursor=a+b");
    expect(init?.headers).toMatchObject({ authorization: "Bearer good" });
  });

  test("keeps an id that looks like a path a part of the path", async () => {
    const { asked, api } = setUp(200, '{"messages":[],"lastSeq":0}');
    await api.messages("a/../b", { after: 3 });
    expect(asked.mock.calls[0]?.[0]).toBe("/api/v1/agent/conversations/a%2F..%2Fb/messages?limit=50&after=3");
  });

  test.each([
    [401, "session_missing", true],
    [403, "forbidden", true],
    [404, "not_found", false],
    [503, "unavailable", false],
  ])("a %i problem becomes an error with its code", async (status, code, refused) => {
    const { api } = setUp(status, JSON.stringify({ code, detail: "What was found.", fix: "What to do." }));
    await expect(api.conversation("c")).rejects.toMatchObject({ code, refused, message: "What was found." });
  });

  test("takes a page of somebody else's, with 200 or without, for what it is", async () => {
    await expect(setUp(200, "<html>").api.conversation("c")).rejects.toMatchObject({ code: "network" });
    await expect(setUp(200, '{"welcome":1}').api.conversation("c")).rejects.toMatchObject({
      code: "network",
    });
    await expect(setUp(503, '{"code":503}').api.conversation("c")).rejects.toMatchObject({
      code: "unavailable",
    });
    await expect(setUp(502, "{}").api.conversation("c")).rejects.toMatchObject({ code: "unavailable" });
  });
});
