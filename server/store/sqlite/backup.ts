import { chmod } from "node:fs/promises";
import { backup, type DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { ProblemError } from "../../../shared/problem-error.ts";

/** Pages copied in one go: some milliseconds in which nobody writes. */
const pagesAtOnce = 500;
/** A copy can't begin in the middle of a transaction, which takes some milliseconds. */
const attempts = 100;
const pauseMs = 10;

/** Copies the open database into a new file; what is written meanwhile is in it or not, each transaction as a whole. */
export async function backUp(connection: DatabaseSync, path: string): Promise<void> {
  try {
    for (let left = attempts; !(await copy(connection, path, left)); left--) await pause(pauseMs);
    await chmod(path, 0o600);
  } catch (error) {
    throw new ProblemError("unavailable", { detail: "The backup can't be written.", cause: error });
  }
}

/** @returns whether it could begin */
async function copy(connection: DatabaseSync, path: string, left: number): Promise<boolean> {
  try {
    await backup(connection, path, { rate: pagesAtOnce });
    return true;
  } catch (error) {
    if (left > 0 && error instanceof Error && "errcode" in error && isLocked(error.errcode)) return false;
    throw error;
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED; and SQLITE_OK, which Node reports of a copy that found a transaction open at its beginning. */
const isLocked = (code: unknown): boolean => typeof code === "number" && [0, 5, 6].includes(code & 0xff);
