import { randomFillSync } from "node:crypto";

/**
 * UUID version 7 (RFC 9562, section 5.7): ids made together lie together in an index, so that a commit of a hundred new rows
 * writes few pages. 74 bits are random; the time of its making is no secret of a contact or session.
 *
 * @param at milliseconds since 1970-01-01 UTC
 */
export function timeOrderedId(at: number): string {
  const bytes = randomFillSync(Buffer.alloc(16));
  bytes.writeUIntBE(at, 0, 6);
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
