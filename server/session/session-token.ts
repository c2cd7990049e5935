import { hash } from "node:crypto";

const secretBytes = 32;
/** Twelve hexadecimal digits of milliseconds: until the year 10889. */
const timeDigits = 12;

/**
 * The time, which is no secret, and 256 random bits in base64url. The time is there for the store's sake: it keeps sessions
 * in the order of their hashes, and new ones come to stand side by side instead of a page apart from each other.
 *
 * @param at milliseconds since 1970-01-01 UTC
 */
export const newSessionToken = (randomBytes: (size: number) => Uint8Array, at: number): string =>
  at.toString(16).padStart(timeDigits, "0") + Buffer.from(randomBytes(secretBytes)).toString("base64url");

/** A text of this form is a session's token, or the like of one. */
export const sessionTokenForm = /^[0-9a-f]{12}[A-Za-z0-9_-]{43}$/;

/**
 * What the store keeps and finds a session by: the token's time, and the SHA-256 of the whole token in lower-case hex. The
 * search need not take constant time, nor does a comparison follow it: how far a guess agrees with a stored hash says
 * nothing about the token, since nobody can choose the hash of a guess.
 */
export const hashSessionToken = (token: string): string => token.slice(0, timeDigits) + hash("sha256", token);
