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
 * 256 random bits in a file that only this user reads; made where it is missing.
 * @throws ConfigurationError where the directory or the file can't be used
 */
export function storedSecret(dataDir: string, name: string): StoredSecret {
  const path = join(dataDir, name);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const generated = createOnce(path, randomBytes(32).toString("base64url"));
    const value = readFileSync(path, "utf8").trim();
    if (secretForm.test(value)) return { value, generated };
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? error.code : "unknown reason";
    throw fault(`the file ${path} can't be made or read (${reason})`);
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

const fault = (message: string): ConfigurationError =>
  new ConfigurationError([{ path: "VOUCH_DATA_DIR", message }]);
