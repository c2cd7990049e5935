import { randomFillSync } from "node:crypto";

const aheadBytes = 4096;

/**
 * Random bytes of the system's generator, which takes as long for one draw as for a hundred: they are drawn 4 KB ahead. Each is
 * handed out once, and none stays here that was.
 *
 * @returns a function that takes the number of bytes, at most 4,096
 */
export function createRandomAhead(
  fill: (into: Uint8Array) => unknown = randomFillSync,
): (size: number) => Uint8Array {
  const ahead = new Uint8Array(aheadBytes);
  let used = aheadBytes;
  return (size) => {
    // What is no number would have every later draw be empty; a negative one would hand out anew, as zeros, what was handed out.
    if (!Number.isInteger(size) || size < 0 || size > aheadBytes)
      throw new RangeError(`${size} bytes were asked for; 0 to ${aheadBytes} are drawn.`);
    if (used + size > aheadBytes) {
      fill(ahead);
      used = 0;
    }
    const drawn = ahead.slice(used, used + size);
    ahead.fill(0, used, used + size);
    used += size;
    return drawn;
  };
}
