import { ProblemError } from "../../../shared/problem-error.ts";
import type { ClientFrame, ServerFrame } from "../../../shared/protocol.ts";
import type { SessionRecord } from "../../store/store.ts";
import type { SocketDependencies } from "./dependencies.ts";
import type { Author } from "./live-sessions.ts";
import { refusalOf } from "./refusal.ts";

/** What a customer asks for, by whichever way the frame came. */
export type CustomerRequest = Exclude<ClientFrame, { t: "auth" | "ping" }>;
type SendFrame = Extract<ClientFrame, { t: "send" }>;

export interface Speaker {
  readonly session: SessionRecord;
  readonly contact: Author;
}

type Dependencies = Pick<SocketDependencies, "conversations" | "messages" | "metrics" | "log" | "clock">;

/**
 * Does what the frame asks for. Never rejects: what can't be done is answered with `refused`. Requests of one speaker that
 * begin in an order are done in that order.
 *
 * @param answer is told what there is to say, if anything
 */
export async function perform(
  request: CustomerRequest,
  { session, contact }: Speaker,
  deps: Dependencies,
  answer: (frame: ServerFrame) => void,
): Promise<void> {
  const { conversations, messages } = deps;
  const { conversationId } = session;
  const id = request.t === "send" ? request.id : undefined;
  try {
    if (request.t === "typing") conversations.typing(conversationId, "contact", contact.name, request.on);
    else if (request.t !== "send")
      await conversations.mark(conversationId, "contact", request.t, request.seq);
    else {
      const waitMs = messages.take(session);
      if (waitMs > 0) answer(refusalOf(new ProblemError("rate_limited"), deps, id, waitMs));
      else answer(await store(request, session, contact, deps));
    }
  } catch (error) {
    answer(refusalOf(error, deps, id));
  }
}

async function store(
  { id, text, attachments = [] }: SendFrame,
  session: SessionRecord,
  { name, verified }: Author,
  { conversations, metrics }: Dependencies,
): Promise<ServerFrame> {
  const arrivedAt = metrics.now();
  const { message } = await conversations.send({
    conversationId: session.conversationId,
    author: { kind: "contact", name },
    verified,
    sessionId: session.id,
    id,
    text,
    attachments,
  });
  metrics.acknowledged("contact", arrivedAt);
  return { t: "ack", id, seq: message.seq, at: message.at };
}
