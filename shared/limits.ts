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
  /** One attachment. */
  attachmentBytes: 10 * 1024 * 1024,
  /** 0: messages carry none. */
  attachmentsPerMessage: 10,
  /** Width times height of a picture, all frames together. Decoding takes about 20 bytes of memory for each. */
  attachmentPixels: 25_000_000,
  /** Uploads of each session, sustained and at once. */
  attachmentsPerMinute: 30,
  /** What a customer may attach in 24 hours. */
  attachmentBytesPerDay: 200 * 1024 * 1024,
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
  /**
   * Bytes queued towards one socket before it is closed for resuming later. From a quarter of them on nothing is read from it,
   * and what the store can give again is not sent.
   */
  socketQueueBytes: 256 * 1024,
  /** Bytes queued towards all sockets of a node: beyond them whoever is behind is cut off. */
  queuedBytesPerNode: 64 * 1024 * 1024,
  /** WebSockets for each contact, on this node, over all its sessions. */
  socketsPerContact: 200,
  /** WebSockets for each client address. A proxy that is not among the `TRUSTED_PROXIES` is one address. */
  socketsPerAddress: 10_000,
  /** WebSockets of one node: newcomers are sent away to come back later. */
  socketsPerNode: 50_000,
  /** Of the memory that the machine or the container grants, and of V8's heap limit, in percent: from here on newcomers are sent away. */
  memoryPercent: 85,
  /** Mean lateness of the event loop over a second: from here on newcomers are sent away. */
  eventLoopDelayMs: 1000,
  /** A node that stops sends its sockets away one after the other over this time at most, 50 a second at least. */
  drainSpreadMs: 20_000,
} as const;

export type Limits = { readonly [Name in keyof typeof defaultLimits]: number };
