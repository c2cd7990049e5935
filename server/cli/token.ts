import { randomUUID } from "node:crypto";
import { errors, SignJWT } from "jose";
import type { Clock } from "../../shared/clock.ts";
import { type Console, UsageError } from "./console.ts";
import { assignment, durationSeconds } from "./options.ts";
import { readSigningKey } from "./signing-key.ts";

export interface TokenOptions {
  readonly key: string | undefined;
  /** `name=value`; `exp`, `nbf` and `iat` are numbers, all other values texts. */
  readonly claims: readonly string[];
  /** `name=value`, with or without the prefix. */
  readonly attributes: readonly string[];
  readonly prefix: string | undefined;
  readonly expires: string | undefined;
  readonly kid: string | undefined;
  readonly alg: string | undefined;
}

const numericClaims = ["exp", "nbf", "iat"];

/** Prints a Contact JWT signed with a key of your own, for trying things out. */
export async function token(options: TokenOptions, clock: Clock, console: Console): Promise<void> {
  if (options.key === undefined)
    throw new UsageError("--key is missing: the file that vouch keygen printed.");
  const { key, ...found } = await readSigningKey(options.key);
  const { alg = found.alg, kid = found.kid } = options;
  const prefix = options.prefix ?? "comm100.";
  const now = Math.floor(clock.now() / 1000);
  const claims = new Map<string, string | number>([
    ["jti", randomUUID()],
    ["iat", now],
    ["exp", now + durationSeconds(options.expires ?? "1h")],
  ]);
  for (const text of options.claims) {
    const [name, value] = assignment(text, "claim");
    claims.set(name, numericClaims.includes(name) ? Number(value) : value);
  }
  for (const text of options.attributes) {
    const [name, value] = assignment(text, "attribute");
    claims.set(name.startsWith(prefix) ? name : `${prefix}${name}`, value);
  }
  const unsigned = new SignJWT(Object.fromEntries(claims)).setProtectedHeader({
    alg,
    typ: "JWT",
    ...(kid !== undefined && { kid }),
  });
  console.print(`${await sign(() => unsigned.sign(key), alg)}\n`);
}

async function sign(work: () => Promise<string>, alg: string): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TypeError || error instanceof errors.JOSEError)
      throw new UsageError(`The key can't sign with ${alg}.`);
    throw error;
  }
}
