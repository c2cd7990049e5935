/** A companion in memory for the desk's tests: one store, its REST answers and its sockets. */

import type {
  AgentClientFrame,
  AgentConversation,
  AgentServerFrame,
  AuthorKind,
  Message,
} from "../../../shared/protocol.ts";
import type { AgentApi } from "./agent-api.ts";
import type { AgentFiles } from "./agent-files.ts";
import { DeskError } from "./desk-error.ts";

const epoch = Date.parse("2026-11-21T09:00:00Z");
const minute = (count: number): string => new Date(epoch + count * 60_000).toISOString();

export class FakeSocket extends EventTarget {
  readonly sent: AgentClientFrame[] = [];
  closedWith: number | undefined;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as AgentClientFrame);
  }

  close(code = 1005): void {
    this.closedWith = code;
  }

  open(): void {
    this.dispatchEvent(new Event("open"));
  }

  receive(frame: AgentServerFrame): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }

  /** The server, or the network, ends it. */
  drop(code: number): void {
    this.dispatchEvent(new CloseEvent("close", { code }));
  }

  /** Opens and passes authentication. */
  welcome(): void {
    this.open();
    this.receive({ t: "ready", agent: { name: "Agent" }, heartbeatMs: 9000 });
  }

  frames<Kind extends AgentClientFrame["t"]>(kind: Kind): Extract<AgentClientFrame, { t: Kind }>[] {
    return this.sent.filter((frame): frame is Extract<AgentClientFrame, { t: Kind }> => frame.t === kind);
  }
}

export interface FakeCompanion {
  readonly api: AgentApi;
  /** Every upload is ready at once, under the name of its file; pictures and files can't be had. */
  readonly files: AgentFiles;
  readonly sockets: FakeSocket[];
  openSocket(): FakeSocket;
  /** The newest socket. */
  socket(): FakeSocket;
  /** REST calls so far: `list`, `conversation conv-ada`, `messages conv-ada after=3`. */
  readonly calls: string[];
  add(id: string, options?: Partial<AgentConversation>): AgentConversation;
  /** Changes a conversation; says so to nobody. */
  update(id: string, change: Partial<AgentConversation>): void;
  /** Answers for the one with the other from now on. */
  moved(id: string, to: string): void;
  /** Stores a message; says so to nobody. */
  store(conversationId: string, kind: AuthorKind, text: string, id?: string): Message;
  /** While set, every REST call is rejected with it. */
  failWith: DeskError | null;
}

export function createFakeCompanion(): FakeCompanion {
  const conversations = new Map<string, AgentConversation>();
  const threads = new Map<string, Message[]>();
  const moves = new Map<string, string>();
  const companion: FakeCompanion = {
    sockets: [],
    calls: [],
    failWith: null,
    openSocket() {
      const socket = new FakeSocket();
      companion.sockets.push(socket);
      return socket;
    },
    socket() {
      const newest = companion.sockets.at(-1);
      if (!newest) throw new Error("No socket was opened.");
      return newest;
    },
    add(id, options = {}) {
      const conversation = { ...blank(id), ...options };
      conversations.set(id, conversation);
      threads.set(id, []);
      return conversation;
    },
    update(id, change) {
      conversations.set(id, { ...found(id), ...change });
    },
    moved(id, to) {
      conversations.delete(id);
      threads.delete(id);
      moves.set(id, to);
    },
    store(conversationId, kind, text, id = `${conversationId}-${crypto.randomUUID()}`) {
      const thread = threads.get(conversationId) ?? [];
      const seq = thread.length + 1;
      const author = { kind, name: kind === "agent" ? "Acme" : "Ada" };
      const at = minute(seq);
      const message: Message = { id, seq, author, text, attachments: [], at, verified: kind === "contact" };
      threads.set(conversationId, [...thread, message]);
      const conversation = conversations.get(conversationId);
      if (conversation)
        conversations.set(conversationId, {
          ...conversation,
          lastSeq: seq,
          lastMessage: message,
          updatedAt: at,
        });
      return message;
    },
    files: {
      thumbnail: async () => null,
      save: async () => false,
      async upload(_conversationId, { name, size, type }) {
        return { id: `id of ${name}`, name, size, type };
      },
    },
    api: {
      async list({ state, preview, cursor }) {
        called(`list ${state ?? "all"}${preview ? " preview" : ""}${cursor ? ` ${cursor}` : ""}`);
        const rows = [...conversations.values()].filter(
          (row) => (state === null || row.state === state) && (preview || !row.preview),
        );
        return { conversations: rows, cursor: null };
      },
      async conversation(id) {
        called(`conversation ${id}`);
        return found(id);
      },
      async messages(id, { before, after }) {
        called(
          `messages ${id}${before ? ` before=${before}` : ""}${after === undefined ? "" : ` after=${after}`}`,
        );
        const thread = threads.get(id) ?? [];
        const page =
          after !== undefined
            ? thread.filter(({ seq }) => seq > after).slice(0, 3)
            : thread.filter(({ seq }) => seq < (before ?? Number.POSITIVE_INFINITY)).slice(-3);
        return { messages: page, lastSeq: thread.length };
      },
      async update(id, change) {
        called(`update ${id} ${Object.values(change).join(" ")}`);
        conversations.set(id, { ...found(id), ...change });
        return found(id);
      },
    },
  };

  function called(what: string): void {
    companion.calls.push(what);
    if (companion.failWith) throw companion.failWith;
  }

  function found(id: string): AgentConversation {
    const conversation = conversations.get(moves.get(id) ?? id);
    if (!conversation) throw new DeskError("not_found", "There is no such conversation.", 404);
    return conversation;
  }

  return companion;
}

const blank = (id: string): AgentConversation => ({
  id,
  state: "open",
  assignee: null,
  preview: false,
  communityId: "acme",
  deploymentId: "acme-web",
  contact: {
    id: `contact-of-${id}`,
    platformKey: `v1/acme/AUTH/jwt/uid:${id}`,
    name: "Ada Lindqvist",
    verified: true,
    fields: {
      email: {
        value: "ada@lindqvist.example",
        source: "token",
        claim: "comm100.email",
        updatedAt: minute(0),
      },
    },
  },
  lastSeq: 0,
  lastMessage: null,
  agent: { delivered: 0, read: 0 },
  customer: { delivered: 0, read: 0 },
  createdAt: minute(0),
  updatedAt: minute(0),
});
