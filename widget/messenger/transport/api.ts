/** REST of the companion, `CONTRACT.md` 5, same origin. Every call settles within ten seconds and never rejects. */

import type { ProblemDocument } from "../../../shared/problems.ts";
import type {
  IdentityAssertion,
  MessagePage,
  OpenedSession,
  SessionState,
} from "../../../shared/protocol.ts";
import type { BridgeError } from "../../bridge/messages.ts";
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

/** Which sessions end: this one, or all of its contact. */
export type EndScope = "here" | "everywhere";

export interface Api {
  open(identity: IdentityAssertion): Promise<Answer<OpenedSession>>;
  session(sessionToken: string): Promise<Answer<SessionState>>;
  renew(sessionToken: string, identity: IdentityAssertion): Promise<Answer<OpenedSession>>;
  /** Outlives the page: it is sent even while the tab closes. @returns null: done */
  end(sessionToken: string, scope: EndScope): Promise<Answer<null>>;
  messages(sessionToken: string, page: PageRequest): Promise<Answer<MessagePage>>;
}

export function createApi(
  { fetch, after }: Pick<Surroundings, "fetch" | "after">,
  deploymentId: string,
): Api {
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
      if (response.ok) return body;
      // What is not of the server's form did not come from it; the network failed, and that passes.
      if (body.code) return refusal(body);
    } catch {
      // Nor did what is not JSON: a captive portal or a proxy answers HTML, with whatever status it likes.
    } finally {
      cancel();
    }
    const code = limit.signal.aborted ? "timeout" : "network";
    return { code, message: "The server does not answer.", retryable: true };
  }

  const post = <T>(path: string, sessionToken: string, body: object): Promise<Answer<T>> =>
    request(path, sessionToken, { method: "POST", body: JSON.stringify(body) });

  return {
    open: (identity) => post("/sessions", "", { deploymentId, identity }),
    session: (token) => request("/session", token),
    renew: (token, identity) => post("/session/renew", token, { identity }),
    end: (token, scope) =>
      request(`/session${scope === "everywhere" ? "?everywhere=true" : ""}`, token, {
        method: "DELETE",
        keepalive: true,
      }),
    messages: (token, { side, seq, limit }) =>
      request(`/conversation/messages?${side}=${seq}&limit=${limit}`, token),
  };
}

const refusal = ({ code, detail, fix, status, retryAfterSeconds }: ProblemDocument): Failure => ({
  code,
  message: `${detail} ${fix}`,
  retryable: status === 429 || status >= 500,
  retryAfterMs: retryAfterSeconds && retryAfterSeconds * 1000,
});
