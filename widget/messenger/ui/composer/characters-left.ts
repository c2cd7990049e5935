import { codePoints } from "../../../../shared/message.ts";

/** The last part of the limit, in which the customer is told how much is left. */
const near = 0.1;

/** Code points that still fit, negative where there are too many; null while the limit is far. */
export function charactersLeft(text: string, limit: number): number | null {
  // A code point is one or two UTF-16 units: short texts need no counting.
  if (text.length < limit * (1 - near)) return null;
  const left = limit - codePoints(text);
  return left <= limit * near ? left : null;
}
