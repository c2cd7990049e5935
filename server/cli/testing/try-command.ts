import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { clock } from "../../identity/fixtures/signing.ts";
import type { Console } from "../console.ts";
import { type ExitCode, run } from "../run.ts";

export interface Tried {
  readonly code: ExitCode;
  readonly printed: string;
  readonly remarked: string;
}

/** Runs a command as the shell would, at the fixtures' time. */
export async function tryCommand(
  words: readonly string[],
  { env = {}, ...more }: Partial<Pick<Console, "env" | "fetch" | "readInput">> = {},
): Promise<Tried> {
  let [printed, remarked] = ["", ""];
  const code = await run(words, clock, {
    env,
    ...more,
    print: (text) => {
      printed += text;
    },
    remark: (text) => {
      remarked += `${text}\n`;
    },
  });
  return { code, printed, remarked };
}

/** A folder for the tests of one file. @returns a function that writes a file into it and answers with its path */
export function temporaryFiles(): { readonly folder: string; file(name: string, content: unknown): string } {
  const folder = mkdtempSync(join(tmpdir(), "vouch-cli-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    file(name, content) {
      const path = join(folder, name);
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
      return path;
    },
  };
}
