import * as v from "valibot";
import { defaultLimits, type Limits } from "../../shared/limits.ts";
import { type Reading, readPart } from "./reading.ts";
import { exactObject, wholeNumber } from "./schema-parts.ts";

const kib = 1024;
const mib = 1024 * kib;

const limit = (name: keyof Limits, min: number, max: number) =>
  v.optional(wholeNumber(min, max), defaultLimits[name]);

/** What an operator may set each limit to: never off, never so high that one request harms the others. */
const limitsSchema = exactObject({
  tokenBytes: limit("tokenBytes", 512, 64 * kib),
  tokenHeaderBytes: limit("tokenHeaderBytes", 128, 16 * kib),
  jsonDepth: limit("jsonDepth", 2, 64),
  messageCharacters: limit("messageCharacters", 1, 100_000),
  messageBytes: limit("messageBytes", 1, mib),
  frameBytes: limit("frameBytes", kib, 16 * mib),
  bodyBytes: limit("bodyBytes", kib, 16 * mib),
  attributes: limit("attributes", 0, 1000),
  attributeCharacters: limit("attributeCharacters", 1, 64 * kib),
  attachmentBytes: limit("attachmentBytes", kib, 1024 * mib),
  attachmentsPerMessage: limit("attachmentsPerMessage", 0, 20),
  attachmentPixels: limit("attachmentPixels", 10_000, 1_000_000_000),
  attachmentsPerMinute: limit("attachmentsPerMinute", 1, 1_000_000),
  attachmentBytesPerDay: limit("attachmentBytesPerDay", kib, 1024 * 1024 * mib),
  messagesPerSecond: limit("messagesPerSecond", 1, 1_000_000),
  messageBurst: limit("messageBurst", 1, 1_000_000),
  sessionRequestsPerMinute: limit("sessionRequestsPerMinute", 1, 1_000_000_000),
  socketAuthMs: limit("socketAuthMs", 100, 60_000),
  unauthenticatedSocketsPerAddress: limit("unauthenticatedSocketsPerAddress", 1, 1_000_000),
  heartbeatMs: limit("heartbeatMs", 100, 10_000),
  socketQueueBytes: limit("socketQueueBytes", kib, 1024 * mib),
  queuedBytesPerNode: limit("queuedBytesPerNode", mib, 64 * 1024 * mib),
  socketsPerContact: limit("socketsPerContact", 1, 1_000_000),
  socketsPerAddress: limit("socketsPerAddress", 1, 10_000_000),
  socketsPerNode: limit("socketsPerNode", 1, 10_000_000),
  memoryPercent: limit("memoryPercent", 1, 99),
  eventLoopDelayMs: limit("eventLoopDelayMs", 10, 60_000),
  drainSpreadMs: limit("drainSpreadMs", 0, 600_000),
} satisfies Record<keyof Limits, unknown>);

export function readLimits(reading: Reading, value: unknown): Limits {
  return readPart(reading, limitsSchema, value ?? {}, "limits") ?? defaultLimits;
}
