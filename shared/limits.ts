/**
 * Every bound on what Vouch accepts, with the unit in its name. Operators override any of them under `limits` of the
 * configuration file; both sides read these defaults.
 */
export const defaultLimits = {
  /** Compact serialization of an identity token. */
  tokenBytes: 8 * 1024,
  /** Decoded JOSE header. */
  tokenHeaderBytes: 1024,
  /** Nesting of any JSON value we read; `{"a":1}` has depth 1. */
  jsonDepth: 8,
  /** Message text, in Unicode code points. */
  messageCharacters: 4000,
  /** Message text, in UTF-8. */
  messageBytes: 16 * 1024,
  /** One WebSocket frame. */
  frameBytes: 64 * 1024,
  /** One HTTP request body, attachments apart. */
  bodyBytes: 64 * 1024,
  /** Attributes read from one token. */
  attributes: 64,
  /** One attribute's value, in code points. */
  attributeCharacters: 1024,
  /** Sustained rate for each session. */
  messagesPerSecond: 5,
  /** How many messages a session may send at once before the rate applies. */
  messageBurst: 20,
  /** `POST /sessions`, `/session/renew` and `/authorize`, for each client address and deployment. */
  sessionRequestsPerMinute: 60,
  /** From the WebSocket's opening to its `auth` frame. */
  socketAuthMs: 5000,
  /** WebSockets, for each client address, whose `auth` frame has not been accepted yet. */
  unauthenticatedSocketsPerAddress: 50,
  /** How often a client pings; a peer silent for twice as long is dead. */
  heartbeatMs: 9000,
  /** Bytes queued towards one socket before it is closed for resuming later. */
  socketQueueBytes: 256 * 1024,
} as const;

export type Limits = { readonly [Name in keyof typeof defaultLimits]: number };
