/** REST of the companion, `CONTRACT.md` 5, same origin. Every call settles within ten seconds or throws `ApiError`. */

import type { ProblemDocument } from "../../../shared/problems.ts";
import type {
  IdentityAssertion,
  MessagePage,
  OpenedSession,
  SessionState,
} from "../../../shared/protocol.ts";
import type { Surroundings } from "../surroundings.ts";
import { ApiError } from "./api-error.ts";
import { type Guard, isShape, isText, parseJson } from "./shape.ts";
import { isMessagePage, isOpenedSession, isSession } from "./shapes.ts";

const timeLimitMs = 10_000;

/** The messages next to `seq`, itself not included. */
export interface PageRequest {
  readonly side: "before" | "after";
  readonly seq: number;
  readonly limit: number;
}

export interface Api {
  open(identity: IdentityAssertion): Promise<OpenedSession>;
  session(sessionToken: string): Promise<SessionState>;
  renew(sessionToken: string, identity: IdentityAssertion): Promise<OpenedSession>;
  /** Outlives the page: it is sent even while the tab closes. */
  end(sessionToken: string, options: { readonly everywhere: boolean }): Promise<null>;
  messages(sessionToken: string, page: PageRequest): Promise<MessagePage>;
}

export function createApi(
  { fetch, after }: Pick<Surroundings, "fetch" | "after">,
  deploymentId: string,
): Api {
  async function request<T>(
    guard: Guard<T>,
    path: string,
    init: RequestInit,
    sessionToken: string | null = null,
  ): Promise<T> {
    const limit = new AbortController();
    const cancel = after(timeLimitMs, () => limit.abort());
    try {
      const response = await fetch(`/api/v1${path}`, {
        ...init,
        headers: {
          ...(sessionToken !== null && { authorization: `Bearer ${sessionToken}` }),
          ...(init.body && { "content-type": "application/json" }),
        },
        signal: limit.signal,
      });
      const value = response.status === 204 ? null : parseJson(await response.text());
      if (response.ok && guard(value)) return value;
      throw refusal(response, value);
    } catch (cause) {
      if (cause instanceof ApiError) throw cause;
      throw limit.signal.aborted
        ? new ApiError("timeout", "The server did not answer within 10 seconds.", null, cause)
        : new ApiError("network", "The server can't be reached.", null, cause);
    } finally {
      cancel();
    }
  }

  const post = (body: unknown): RequestInit => ({ method: "POST", body: JSON.stringify(body) });

  return {
    open: (identity) => request(isOpenedSession, "/sessions", post({ deploymentId, identity })),
    session: (token) => request(isSession, "/session", {}, token),
    renew: (token, identity) => request(isOpenedSession, "/session/renew", post({ identity }), token),
    end: (token, { everywhere }) =>
      request(
        isNothing,
        `/session${everywhere ? "?everywhere=true" : ""}`,
        { method: "DELETE", keepalive: true },
        token,
      ),
    messages: (token, { side, seq, limit }) =>
      request(isMessagePage, `/conversation/messages?${side}=${seq}&limit=${limit}`, {}, token),
  };
}

const isNothing = (value: unknown): value is null => value === null;

/**
 * Anything that is not a problem document of ours did not come from our server: a captive portal or a proxy answers HTML,
 * with whatever status it likes. That is the network's fault, and passes.
 */
function refusal(response: Response, value: unknown): ApiError {
  if (response.ok || !isProblem(value))
    return new ApiError("network", `Something between here and the server answered ${response.status}.`);
  const { code, detail, fix, retryAfterSeconds } = value;
  return new ApiError(code, `${detail} ${fix}`, retryAfterSeconds ? retryAfterSeconds * 1000 : null);
}

type Problem = Pick<ProblemDocument, "code" | "detail" | "fix" | "retryAfterSeconds">;

const isProblem = isShape<Problem>({ code: isText, detail: isText });
