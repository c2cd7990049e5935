import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationError } from "./configuration-error.ts";

export interface StoredSecret {
  readonly value: string;
  /** Made by this call. */
  readonly generated: boolean;
}

const secretForm = /^[\x21-\x7e]{32,}$/;

/**
 * Only this user reads what lies in it.
 * @throws ConfigurationError where there can't be such a directory
 */
export function makeDataDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fault(`the directory ${dataDir} can't be made (${reasonOf(error)})`);
  }
}

/**
 * 256 random bits in a file that only this user reads; made where it is missing.
 * @throws ConfigurationError where the directory or the file can't be used
 */
export function storedSecret(dataDir: string, name: string): StoredSecret {
  makeDataDirectory(dataDir);
  const path = join(dataDir, name);
  try {
    const generated = createOnce(path, randomBytes(32).toString("base64url"));
    const value = readFileSync(path, "utf8").trim();
    if (secretForm.test(value)) return { value, generated };
  } catch (error) {
    throw fault(`the file ${path} can't be made or read (${reasonOf(error)})`);
  }
  throw fault(`the file ${path} is damaged: it must hold 32 or more printable characters`);
}

/** Of two processes that start at the same time one makes the file, and the other never sees it half written. */
function createOnce(path: string, text: string): boolean {
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  writeFileSync(draft, text, { flag: "wx", mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

const reasonOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : "unknown reason";

const fault = (message: string): ConfigurationError =>
  new ConfigurationError([{ path: "VOUCH_DATA_DIR", message }]);
