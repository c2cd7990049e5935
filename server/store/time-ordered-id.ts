import { randomUUID } from "node:crypto";

/**
 * UUID version 7 (RFC 9562, section 5.7): ids made together lie together in an index, so that a commit of a hundred new rows
 * writes few pages. 74 bits are random; the time of its making is no secret of a contact or session.
 *
 * Version, variant and random bits are where version 4 has them, of which Node keeps some made in advance.
 *
 * @param at milliseconds since 1970-01-01 UTC
 */
export function timeOrderedId(at: number): string {
  const time = at.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
