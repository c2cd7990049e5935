import { randomFillSync } from "node:crypto";
import { formatUuid } from "./uuid.ts";

/**
 * UUID version 7 (RFC 9562, section 5.7): ids made together lie together in an index, so that a commit of a hundred new rows
 * writes few pages. 74 bits are random; the time of its making is no secret of a contact or session.
 *
 * @param at milliseconds since 1970-01-01 UTC
 */
export function timeOrderedId(at: number): string {
  const bytes = randomFillSync(Buffer.alloc(16));
  bytes.writeUIntBE(at, 0, 6);
  return formatUuid(bytes, 7);
}
