import { execFile } from "node:child_process";
import { ProblemError } from "../../../shared/problem-error.ts";
import type { Scanner, ScanSettings } from "./scanner.ts";

/**
 * Runs a program for each file: exit code 0 means clean, 1 means foul (as ClamAV has it), anything else is no verdict.
 * It gets the search path of the server's environment and none of its secrets; no shell comes between.
 */
export function createCommandScanner({
  command: [program, ...parameters],
  timeoutSeconds,
}: Extract<ScanSettings, { by: "command" }>): Scanner {
  const options = {
    env: { PATH: process.env.PATH },
    timeout: timeoutSeconds * 1000,
    killSignal: "SIGKILL",
  } as const;
  return {
    scan: (path) =>
      new Promise((resolve, reject) => {
        execFile(program, [...parameters, path], options, (error) => {
          if (!error) resolve("clean");
          else if (error.code === 1) resolve("foul");
          else reject(new ProblemError("unavailable", { cause: error }));
        });
      }),
  };
}
