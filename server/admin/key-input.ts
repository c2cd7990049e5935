import { ProblemError } from "../../shared/problem-error.ts";
import type { Sealer } from "../config/secret.ts";
import type { JsonObject } from "../identity/strict-json.ts";
import { refuse, sealSecrets } from "./documents.ts";

/** A key as it is to be stored, and what its maker is shown this once. */
export interface NewKey {
  /** An element of `keys`; a secret in it is sealed. */
  readonly source: JsonObject;
  /** The shared token where it was generated here; null otherwise. */
  readonly secret: string | null;
}

const secretBytes = 32;

export interface KeyMaker {
  readonly sealer: Sealer;
  readonly nowMs: number;
  readonly randomBytes: (size: number) => Uint8Array;
}

/**
 * Reads what was asked for: `{ alg: "HS256", generate: true }`, or any element of `keys` as the configuration file has it.
 * @throws ProblemError `request_invalid`
 */
export function readNewKey({ generate, ...source }: JsonObject, make: KeyMaker): NewKey {
  if (generate === undefined || generate === false) return { source: seal(source, make), secret: null };
  if (generate !== true) throw refuse({ path: "generate", message: "must be true or false" });
  if (source.alg !== "HS256")
    throw refuse({ path: "alg", message: "must be HS256: other keys are made where they sign" });
  if (Object.hasOwn(source, "secret"))
    throw refuse({ path: "secret", message: "is generated; leave it out, or leave out generate" });
  const secret = base64url(make.randomBytes(secretBytes));
  const kid = source.kid ?? newKid(make);
  return { source: seal({ ...source, kid, secret }, make), secret };
}

function seal(source: JsonObject, { sealer }: KeyMaker): JsonObject {
  try {
    const [sealed] = sealSecrets({ keys: [source] }, sealer).keys as readonly JsonObject[];
    return sealed ?? source;
  } catch (error) {
    throw error instanceof ProblemError ? belowKey(error, 0) : error;
  }
}

/** `shared-2026-11-21-1f0c`: says what it is and from when. */
const newKid = ({ nowMs, randomBytes }: KeyMaker): string =>
  `shared-${new Date(nowMs).toISOString().slice(0, 10)}-${Buffer.from(randomBytes(2)).toString("hex")}`;

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** A refusal of the whole community as one of the key that was sent: its paths begin there. */
export function belowKey(error: ProblemError, index: number): ProblemError {
  if (!error.faults) return error;
  const prefix = `keys[${index}].`;
  const faults = error.faults.map(({ path, message }) => ({
    path: path.startsWith(prefix) ? path.slice(prefix.length) : path,
    message,
  }));
  return new ProblemError(error.code, { detail: error.message.replaceAll(prefix, ""), faults });
}
