import { chmod } from "node:fs/promises";
import { backup, type DatabaseSync } from "node:sqlite";
import { ProblemError } from "../../../shared/problem-error.ts";

/** Pages copied in one go: some milliseconds in which nobody writes. */
const pagesAtOnce = 500;

/** Copies the open database into a new file; what is written meanwhile is in it or not, each transaction as a whole. */
export async function backUp(connection: DatabaseSync, path: string): Promise<void> {
  try {
    await backup(connection, path, { rate: pagesAtOnce });
    await chmod(path, 0o600);
  } catch (error) {
    throw new ProblemError("unavailable", { detail: "The backup can't be written.", cause: error });
  }
}
