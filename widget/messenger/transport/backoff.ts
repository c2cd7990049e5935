/**
 * Full jitter: anywhere between 250 ms and a ceiling that doubles from 1 s to 15 s. Clients that lost the same server
 * come back spread out, not in step.
 * @param attempt 0 after the first loss
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, random: number): number {
  return Math.max(250, random * Math.min(15_000, 1000 * 2 ** attempt));
}
