import type { AgentClientFrame, ClientFrame } from "../../../shared/protocol.ts";
import { isObject, type JsonObject, parseJson } from "../json.ts";

/** What a text frame says, or null where it says nothing that this protocol knows. Unknown members are ignored. */
export function parseClientFrame(text: string, maxDepth: number): ClientFrame | null {
  const frame = parseJson(text, maxDepth);
  if (!isObject(frame)) return null;
  switch (frame.t) {
    case "auth":
      return authFrame(frame);
    case "send":
      return sendFrame(frame);
    case "delivered":
    case "read":
      return isSeq(frame.seq) ? { t: frame.t, seq: frame.seq } : null;
    case "typing":
      return typeof frame.on === "boolean" ? { t: "typing", on: frame.on } : null;
    case "ping":
      return { t: "ping" };
    default:
      return null;
  }
}

/** The same frames, those about a conversation with its id. */
export function parseAgentFrame(text: string, maxDepth: number): AgentClientFrame | null {
  const frame = parseJson(text, maxDepth);
  if (!isObject(frame)) return null;
  if (frame.t === "ping") return { t: "ping" };
  if (frame.t === "auth") return agentAuthFrame(frame);
  const { conversationId } = frame;
  if (typeof conversationId !== "string") return null;
  switch (frame.t) {
    case "send": {
      const send = sendFrame(frame);
      return send && { ...send, conversationId };
    }
    case "delivered":
    case "read":
      return isSeq(frame.seq) ? { t: frame.t, conversationId, seq: frame.seq } : null;
    case "typing":
      return typeof frame.on === "boolean" ? { t: "typing", conversationId, on: frame.on } : null;
    default:
      return null;
  }
}

function authFrame({
  token,
  afterSeq,
  atMost,
  delivered,
}: JsonObject): Extract<ClientFrame, { t: "auth" }> | null {
  if (typeof token !== "string" || !isOptionalSeq(afterSeq) || !isOptionalSeq(atMost)) return null;
  return {
    t: "auth",
    token,
    ...(typeof afterSeq === "number" && { afterSeq }),
    ...(typeof atMost === "number" && { atMost }),
    ...(delivered === true && { delivered }),
  };
}

const agentAuthFrame = ({ token, delivered }: JsonObject): Extract<AgentClientFrame, { t: "auth" }> | null =>
  typeof token === "string" ? { t: "auth", token, ...(delivered === true && { delivered }) } : null;

function sendFrame({ id, text, attachments }: JsonObject): Extract<ClientFrame, { t: "send" }> | null {
  if (typeof id !== "string" || typeof text !== "string") return null;
  if (attachments === undefined || attachments === null) return { t: "send", id, text };
  return isStringArray(attachments) ? { t: "send", id, text, attachments } : null;
}

const isSeq = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const isOptionalSeq = (value: unknown): value is number | null | undefined =>
  value === undefined || value === null || isSeq(value);

const isStringArray = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");
