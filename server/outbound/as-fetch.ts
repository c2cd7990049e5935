import { type GuardedFetch, type GuardedRequest, OutboundRefused } from "./guarded-fetch.ts";

/**
 * The guarded fetch for libraries that want `fetch`. Redirects are refused whatever the caller asks for; one of `maxBytes`
 * and `timeoutMs` that is passed over rejects with `OutboundRefused`.
 */
export const asFetch =
  (guardedFetch: GuardedFetch, bounds: Pick<GuardedRequest, "maxBytes" | "timeoutMs">) =>
  async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { method, signal } = request;
    if (method !== "GET" && method !== "POST")
      throw new OutboundRefused(`Requests by ${method} are not made; GET and POST are.`);
    const { status, headers, body } = await guardedFetch(request.url, {
      ...bounds,
      method,
      signal,
      headers: Object.fromEntries(request.headers),
      ...(method === "POST" && { body: await request.text() }),
    });
    // RFC 9110, sections 15.3.5 and 15.3.6: these have no content, and `Response` takes none.
    const empty = status === 204 || status === 205;
    return new Response(empty ? null : new Uint8Array(body), { status, headers });
  };
