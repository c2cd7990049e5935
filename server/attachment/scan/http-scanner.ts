import { openAsBlob } from "node:fs";
import * as v from "valibot";
import { ProblemError } from "../../../shared/problem-error.ts";
import type { Scanner, ScanSettings } from "./scanner.ts";

const verdict = v.object({ clean: v.boolean() });

/**
 * Posts the file's bytes, and expects `{ "clean": true }` or `{ "clean": false }` with status 200. The operator named the
 * address in the configuration file and a scanner is a neighbour: it may be a private one.
 */
export function createHttpScanner(
  { url, token, timeoutSeconds }: Extract<ScanSettings, { by: "http" }>,
  fetch: typeof globalThis.fetch,
): Scanner {
  return {
    async scan(path, type) {
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: {
            "Content-Type": "application/octet-stream",
            "X-File-Type": type,
            ...(token !== null && { Authorization: `Bearer ${token}` }),
          },
          body: await openAsBlob(path),
          redirect: "error",
          signal: AbortSignal.timeout(timeoutSeconds * 1000),
        });
        if (response.status !== 200) throw new Error(`The scanner answered with status ${response.status}.`);
        return v.parse(verdict, await response.json()).clean ? "clean" : "foul";
      } catch (error) {
        throw new ProblemError("unavailable", { cause: error });
      }
    },
  };
}
