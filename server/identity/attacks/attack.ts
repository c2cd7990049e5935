import type { ProblemCode } from "../../../shared/problems.ts";
import { ConfigurationError } from "../../config/configuration-error.ts";
import { verdict } from "../fixtures/checking.ts";
import { refusalCode } from "../fixtures/refusal.ts";
import { community } from "../fixtures/signing.ts";

/** A row of the catalogue. Names begin with the section of RFC 8725 whose advice the attack is made to break. */
export interface Attack {
  readonly name: string;
  /** The code of the refusal, or the path of the configuration's fault. */
  readonly outcome: string;
  /** Tries it. @returns what came of it */
  attempt(): Promise<string>;
}

/** Lazily, where making the token costs. */
export type Token = string | Promise<string> | (() => string | Promise<string>);

export type ContactRow = readonly [name: string, token: Token, code: ProblemCode, changes?: object];

const made = async (token: Token): Promise<string> => (typeof token === "function" ? token() : token);

/** Contact JWTs at the gate of a community with one key of each kind, or of one that differs by `changes`. */
export const atTheGate = (section: string, rows: readonly ContactRow[]): Attack[] =>
  rows.map(([name, token, code, changes]) => ({
    name: `${section} ${name}`,
    outcome: code,
    attempt: async () => (await verdict(await made(token), await community(changes))).code ?? "taken",
  }));

/** Anything else that is refused with a code. */
export const elsewhere = (
  section: string,
  rows: readonly (readonly [name: string, attempt: () => unknown, code: ProblemCode])[],
): Attack[] =>
  rows.map(([name, attempt, code]) => ({
    name: `${section} ${name}`,
    outcome: code,
    attempt: () => refusalCode(attempt),
  }));

/** What an operator could be talked into configuring: refused whole, with the path of the fault. */
export const inTheConfiguration = (
  section: string,
  rows: readonly (readonly [name: string, changes: object, path: string])[],
): Attack[] =>
  rows.map(([name, changes, path]) => ({
    name: `${section} ${name}`,
    outcome: `communities[0].${path}`,
    attempt: () => faultPath(changes),
  }));

async function faultPath(changes: object): Promise<string> {
  try {
    await community(changes);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(({ path }) => path).join(" ");
    throw error;
  }
  return "taken";
}
