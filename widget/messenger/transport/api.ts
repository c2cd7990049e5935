/** REST of the companion (`/openapi.json`), same origin. Every call settles within ten seconds and never rejects. */

import type { ProblemDocument } from "../../../shared/problems.ts";
import type {
  IdentityAssertion,
  MessagePage,
  OpenedSession,
  SessionState,
} from "../../../shared/protocol.ts";
import type { BridgeError, LogoutResult } from "../../bridge/messages.ts";
import type { Surroundings } from "../surroundings.ts";

const timeLimitMs = 10_000;

/** Why a request failed, or was refused. */
export interface Failure extends BridgeError {
  /** How long the server asks to wait; undefined where it did not say. */
  readonly retryAfterMs?: number | undefined;
}

export type Answer<T> = T | Failure;

export const isRefusal = (answer: object): answer is Failure => "code" in answer;

/** The messages next to `seq`, itself not included. */
export interface PageRequest {
  readonly side: "before" | "after";
  readonly seq: number;
  readonly limit: number;
}

/** What ends beside this session, as the request says it: all of its contact, what the OpenID provider knows. */
export type EndScope = "" | "everywhere=true" | "atProvider=true" | "everywhere=true&atProvider=true";

/** What is left to do at the provider, if anything. */
export type Ended = LogoutResult | null;

export interface Api {
  /** @param conversationHandover the visitor's session token whose conversation comes along */
  open(identity: IdentityAssertion, conversationHandover?: string): Promise<Answer<OpenedSession>>;
  session(sessionToken: string): Promise<Answer<SessionState>>;
  /** Without an identity by what the server holds of the provider. */
  renew(sessionToken: string, identity?: IdentityAssertion): Promise<Answer<OpenedSession>>;
  /** Outlives the page: it is sent even while the tab closes. */
  end(sessionToken: string, scope: EndScope): Promise<Answer<Ended>>;
  messages(sessionToken: string, page: PageRequest): Promise<Answer<MessagePage>>;
  /** For what only some views need. @returns null: done, and nothing to tell */
  request(path: string, sessionToken: string, init?: RequestInit): Promise<Answer<object | null>>;
  /** The server's time, as far as its last answer told: this device's clock may be wrong. */
  now(): number;
}

export function createApi(
  { fetch, after, clock }: Pick<Surroundings, "fetch" | "after" | "clock">,
  deploymentId: string,
): Api {
  let aheadMs = 0;

  async function request<T>(path: string, sessionToken: string, init: RequestInit = {}): Promise<Answer<T>> {
    const limit = new AbortController();
    const cancel = after(timeLimitMs, () => limit.abort());
    try {
      const response = await fetch(`/api/v1${path}`, {
        ...init,
        headers: {
          "content-type": "application/json",
          ...(sessionToken && { authorization: `Bearer ${sessionToken}` }),
        },
        signal: limit.signal,
      });
      const body = response.status === 204 ? null : await response.json();
      const date = Date.parse(response.headers.get("date") ?? "");
      if (date) aheadMs = date - clock.now();
      // Everything the server says is an object, or nothing at all.
      if (response.ok && (response.status === 204 || Object(body) === body)) return body;
      // What is not of the server's form did not come from it: gateways have codes too. The network failed, and that passes.
      if (body.fix) return refusal(body);
    } catch {
      // Nor did what is not JSON: a captive portal or a proxy answers HTML, with whatever status it likes.
    } finally {
      cancel();
    }
    return unanswered(limit.signal.aborted ? "timeout" : "network");
  }

  const post = <T>(path: string, sessionToken: string, body: object): Promise<Answer<T>> =>
    request(path, sessionToken, { method: "POST", body: JSON.stringify(body) });

  return {
    open: (identity, conversationHandover) =>
      post("/sessions", "", { deploymentId, identity, conversationHandover }),
    session: (token) => request("/session", token),
    renew: (token, identity) => post("/session/renew", token, { identity }),
    async end(token, scope) {
      const answer = await request<{ endSessionUrl?: unknown } | null>(
        `/session${scope && `?${scope}`}`,
        token,
        { method: "DELETE", keepalive: true },
      );
      if (!answer || isRefusal(answer)) return answer;
      const { endSessionUrl } = answer;
      // Anything else did not come from the server, whatever its status says, and the session still stands.
      if (endSessionUrl === undefined) return unanswered("network");
      return typeof endSessionUrl === "string" ? { endSessionUrl } : null;
    },
    messages: (token, { side, seq, limit }) =>
      request(`/conversation/messages?${side}=${seq}&limit=${limit}`, token),
    request,
    now: () => clock.now() + aheadMs,
  };
}

export const unanswered = (code: "network" | "timeout"): Failure => ({
  code,
  message: "The server does not answer.",
  retryable: true,
});

const refusal = ({ code, detail, fix, status, retryAfterSeconds }: ProblemDocument): Failure => ({
  code,
  message: `${detail} ${fix}`,
  retryable: status === 429 || status >= 500,
  retryAfterMs: retryAfterSeconds && retryAfterSeconds * 1000,
});
