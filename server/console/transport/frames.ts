import type { AgentServerFrame } from "../../../shared/protocol.ts";

type Kind = AgentServerFrame["t"];

/** What a frame must hold to be one of its kind; members beyond these are as typed, for the server is our own. */
const members: Readonly<Record<Kind, Readonly<Record<string, "string" | "number" | "boolean" | "object">>>> =
  {
    ready: { agent: "object", heartbeatMs: "number" },
    message: { conversationId: "string", message: "object" },
    receipt: { conversationId: "string", by: "string", kind: "string", seq: "number" },
    typing: { conversationId: "string", by: "string", on: "boolean" },
    ack: { conversationId: "string", id: "string", seq: "number", at: "string" },
    refused: { code: "string", detail: "string" },
    presence: { agents: "object" },
    changed: { conversationId: "string", state: "string" },
    moved: { conversationId: "string", to: "string" },
    pong: {},
    draining: { reconnectInMs: "number" },
  };

/** null: no frame of a kind that the desk knows; a newer server may send more. */
export function parseFrame(text: unknown): AgentServerFrame | null {
  if (typeof text !== "string") return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || typeof value.t !== "string" || !Object.hasOwn(members, value.t)) return null;
  const frame = value;
  const fits = Object.entries(members[value.t as Kind]).every(
    ([name, type]) => typeof frame[name] === type && frame[name] !== null,
  );
  return fits ? (frame as AgentServerFrame) : null;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
