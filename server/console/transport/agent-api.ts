import type { ProblemDocument } from "../../../shared/problems.ts";
import type {
  AgentConversation,
  AgentConversationPage,
  ConversationStatus,
  MessagePage,
} from "../../../shared/protocol.ts";
import { DeskError } from "./desk-error.ts";

/** The agents' part of the REST interface (`/openapi.json`). Every call rejects with `DeskError`. */
export interface AgentApi {
  list(query: {
    readonly state: ConversationStatus | null;
    readonly preview: boolean;
    readonly cursor: string | null;
  }): Promise<AgentConversationPage>;
  conversation(id: string): Promise<AgentConversation>;
  /** Without a position: the newest page. */
  messages(id: string, from: { readonly before?: number; readonly after?: number }): Promise<MessagePage>;
  update(
    id: string,
    change: { readonly state?: ConversationStatus; readonly assignee?: string | null },
  ): Promise<AgentConversation>;
}

const root = "/api/v1/agent/conversations";
const timeLimitMs = 10_000;
const pageSize = 50;

export function createAgentApi(deps: { readonly token: string; readonly fetch: typeof fetch }): AgentApi {
  async function request(path: string, holds: string, init: RequestInit = {}): Promise<unknown> {
    let response: Response;
    let body: unknown;
    try {
      response = await deps.fetch(path, {
        ...init,
        headers: { authorization: `Bearer ${deps.token}`, "content-type": "application/json" },
        signal: AbortSignal.timeout(timeLimitMs),
        cache: "no-store",
      });
      body = await response.json();
    } catch {
      throw new DeskError("network", "The server can't be reached.");
    }
    if (!response.ok) throw refusal(response.status, body);
    // A captive portal or a foreign proxy answers 200 with something else.
    if (!has(body, holds)) throw new DeskError("network", "Something other than the server answered.");
    return body;
  }

  const one = (id: string) => `${root}/${encodeURIComponent(id)}`;

  return {
    async list({ state, preview, cursor }) {
      const query = new URLSearchParams({ limit: String(pageSize), preview: String(preview) });
      if (state) query.set("state", state);
      if (cursor) query.set("cursor", cursor);
      return (await request(`${root}?${query}`, "conversations")) as AgentConversationPage;
    },
    async conversation(id) {
      return (await request(one(id), "contact")) as AgentConversation;
    },
    async messages(id, { before, after }) {
      const query = new URLSearchParams({ limit: String(pageSize) });
      if (before !== undefined) query.set("before", String(before));
      if (after !== undefined) query.set("after", String(after));
      return (await request(`${one(id)}/messages?${query}`, "messages")) as MessagePage;
    },
    async update(id, change) {
      const init = { method: "PATCH", body: JSON.stringify(change) };
      return (await request(one(id), "contact", init)) as AgentConversation;
    },
  };
}

function refusal(status: number, body: unknown): DeskError {
  // Gateways have codes too.
  if (!has(body, "fix")) return new DeskError("unavailable", `The server answered ${status}.`, status);
  const problem = body as ProblemDocument;
  return new DeskError(problem.code, problem.detail, status);
}

const has = (value: unknown, member: string): boolean =>
  typeof value === "object" && value !== null && Object.hasOwn(value, member);
