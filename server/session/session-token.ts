import { createHash } from "node:crypto";

const tokenBytes = 32;

/** 256 random bits, base64url. */
export const newSessionToken = (randomBytes: (size: number) => Uint8Array): string =>
  Buffer.from(randomBytes(tokenBytes)).toString("base64url");

/**
 * What the store keeps and finds a session by. The search need not take constant time, nor does a comparison follow it: how
 * far a guess agrees with a stored hash says nothing about the token, since nobody can choose the hash of a guess.
 */
export const hashSessionToken = (token: string): string => createHash("sha256").update(token).digest("hex");
