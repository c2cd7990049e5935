/**
 * Makes one connection of many long polls: each begins by saying how things stand, as a socket does; what of that is new is
 * told as a socket tells of changes. Pure.
 */

import type { Receipts, ServerFrame } from "../../../../shared/protocol.ts";

/** What the polls before have told. */
export interface Told {
  readonly position: number;
  readonly readSeq: number;
  readonly agent: Receipts;
  /** Frames that are said anew in each poll while they hold, by kind. */
  readonly lasting: Readonly<Record<string, ServerFrame>>;
}

export interface News {
  readonly told: Told;
  /** In the order in which they came to be. */
  readonly frames: readonly ServerFrame[];
}

/** Before the first poll. @param position the message to resume after */
export const nothingTold = (position: number): Told => ({
  position,
  readSeq: 0,
  agent: { delivered: 0, read: 0 },
  lasting: {},
});

/** @param isFirst the connection begins with it */
export function newsOf(told: Told, poll: readonly ServerFrame[], isFirst: boolean): News {
  let { position, readSeq, agent } = told;
  const frames: ServerFrame[] = [];
  // That the session expires is said once, however long ago the last poll was that said it.
  const { session } = told.lasting;
  const lasting: Record<string, ServerFrame> = { ...(session && { session }) };
  for (const frame of poll) {
    switch (frame.t) {
      case "ready":
        frames.push(...(isFirst ? [frame] : moved(frame, { readSeq, agent })));
        ({ readSeq, agent } = frame);
        break;
      case "presence":
      case "state":
      case "session":
        if (JSON.stringify(told.lasting[frame.t]) !== JSON.stringify(frame)) frames.push(frame);
        lasting[frame.t] = frame;
        break;
      case "receipt":
        if (frame.by === "agent") agent = { ...agent, [frame.kind]: Math.max(agent[frame.kind], frame.seq) };
        else if (frame.kind === "read") readSeq = Math.max(readSeq, frame.seq);
        frames.push(frame);
        break;
      case "message":
        position = Math.max(position, frame.message.seq);
        frames.push(frame);
        break;
      default:
        frames.push(frame);
    }
  }
  frames.push(...ceased(told.lasting, lasting));
  return { told: { position, readSeq, agent, lasting }, frames };
}

function moved(
  { conversationId, readSeq, agent }: Extract<ServerFrame, { t: "ready" }>,
  before: Pick<Told, "readSeq" | "agent">,
): ServerFrame[] {
  const receipt = (by: "agent" | "contact", kind: "delivered" | "read", seq: number, known: number) =>
    seq > known ? [{ t: "receipt", conversationId, by, kind, seq } as const] : [];
  return [
    ...receipt("contact", "read", readSeq, before.readSeq),
    ...receipt("agent", "delivered", agent.delivered, before.agent.delivered),
    ...receipt("agent", "read", agent.read, before.agent.read),
  ];
}

/** What is the rule is not said: that nobody is at the desk, and that the conversation is open. */
function ceased({ presence, state }: Told["lasting"], lasting: Told["lasting"]): ServerFrame[] {
  return [
    ...(presence?.t === "presence" && presence.online && !lasting.presence
      ? [{ t: "presence", online: false } as const]
      : []),
    ...(state?.t === "state" && state.state !== "open" && !lasting.state
      ? [{ ...state, state: "open" } as const]
      : []),
  ];
}
