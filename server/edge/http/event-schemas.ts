import * as v from "valibot";
import type { ClientFrame, ServerFrame } from "../../../shared/protocol.ts";
import { flag, position } from "./schemas.ts";

/** The positions come together, or not at all. */
export const eventsQuery = v.pipe(
  v.object({
    afterSeq: position,
    atMost: position,
    poll: flag,
    readSeq: position,
    agentDelivered: position,
    agentRead: position,
  }),
  v.transform(({ readSeq, agentDelivered: delivered, agentRead: read, ...rest }) => ({
    ...rest,
    known:
      readSeq === undefined || delivered === undefined || read === undefined
        ? null
        : { readSeq, agent: { delivered, read } },
  })),
);

const seq = v.pipe(v.number(), v.safeInteger("expected a whole number"), v.minValue(0, "expected 0 or more"));

const maxFrames = 20;
const maxAttachments = 20;

const frame = v.variant("t", [
  v.object({
    t: v.literal("send"),
    id: v.string(),
    text: v.string(),
    attachments: v.exactOptional(
      v.pipe(v.array(v.string()), v.maxLength(maxAttachments, `expected ${maxAttachments} or less`)),
    ),
  }),
  v.object({ t: v.literal("delivered"), seq }),
  v.object({ t: v.literal("read"), seq }),
  v.object({ t: v.literal("typing"), on: v.boolean() }),
  v.object({ t: v.literal("ping") }),
]) satisfies v.GenericSchema<unknown, Exclude<ClientFrame, { t: "auth" }>>;

export const framesBody = v.object({
  frames: v.pipe(
    // Counted before any of them is looked at: a body has room for thousands.
    v.array(v.unknown()),
    v.maxLength(maxFrames, `expected ${maxFrames} or less`),
    v.array(frame),
  ),
});

const answer = v.variant("t", [
  v.object({ t: v.literal("ack"), id: v.string(), seq, at: v.string() }),
  v.object({
    t: v.literal("refused"),
    id: v.exactOptional(v.string()),
    code: v.string(),
    detail: v.string(),
    retryAfterMs: v.exactOptional(v.number()),
  }),
  v.object({ t: v.literal("pong") }),
]) satisfies v.GenericSchema<unknown, { readonly t: ServerFrame["t"] }>;

export const framesAnswer = v.object({ frames: v.array(answer) });
