import { ProblemError } from "../../../shared/problem-error.ts";
import type { MessageReceipt } from "../../../shared/protocol.ts";
import type { OutgoingMessage } from "../../conversation/conversations.ts";
import type { RouteDependencies } from "./dependencies.ts";

interface Taken {
  readonly receipt: MessageReceipt;
  /** 200: it was stored before. */
  readonly status: 200 | 201;
}

/**
 * Stores a message that came in a request of its own, and counts what became of it, as the sockets do.
 *
 * @param by the author, as the metrics name them
 * @param arrivedAt by `metrics.now`
 * Throws what `Conversations.send` throws.
 */
export async function takeMessage(
  { conversations, metrics }: Pick<RouteDependencies, "conversations" | "metrics">,
  by: "contact" | "agent",
  arrivedAt: number,
  outgoing: OutgoingMessage,
): Promise<Taken> {
  try {
    const { message, repeated } = await conversations.send(outgoing);
    metrics.acknowledged(by, arrivedAt);
    const { id, seq, at } = message;
    return { receipt: { id, seq, at }, status: repeated ? 200 : 201 };
  } catch (error) {
    metrics.messageRefused(error instanceof ProblemError ? error.code : "unavailable");
    throw error;
  }
}
