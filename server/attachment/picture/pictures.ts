/** Pictures made harmless: nothing of where, when and with what they were taken, and no more than a decoder made of them. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import * as v from "valibot";
import { ProblemError } from "../../../shared/problem-error.ts";
import { refused } from "../incoming.ts";
import type { Kind } from "../kinds.ts";
import { createTurns } from "../turns.ts";

export interface CleanPicture {
  /** Path of the cleaned file, in the format of the one that came. */
  readonly path: string;
  /** Path of a WebP picture of at most 640 pixels a side. */
  readonly thumbnail: string;
  /** As it is shown, in pixels. */
  readonly width: number;
  readonly height: number;
}

export interface Pictures {
  /**
   * @param directory where the results go; the caller's to remove
   * Throws `attachment_refused` where it can't be decoded or is too large, `unavailable` where nothing can be.
   */
  clean(path: string, kind: Kind, directory: string): Promise<CleanPicture>;
}

/** A decoder may take 500 MB for a picture of the default bound. */
const atOnce = 2;
/** Longest wait for a turn to decode. */
const waiting = 64;
const timeLimitMs = 20_000;
/** Exit code of the program: the picture is at fault. */
const atFault = 3;

const result = v.object({ width: v.number(), height: v.number() });

/** @param options.maxPixels width times height, frames counted together */
export function createPictures(options: { readonly maxPixels: number }): Pictures {
  const { maxPixels } = options;
  const turns = createTurns({ atOnce, waiting });

  const unreadable = () =>
    refused(`The picture can't be read, or has more than ${Math.floor(maxPixels / 1e6)} megapixels.`);

  return {
    clean: (path, kind, directory) =>
      turns.take(async () => {
        const cleaned = join(directory, "picture");
        const thumbnail = join(directory, "thumbnail");
        const format = kind.type.slice("image/".length);
        const ran = await runProgram([path, cleaned, thumbnail, format, String(maxPixels)]);
        if (ran.is === "crashed") throw unreadable();
        if (ran.is === "failed") throw new ProblemError("unavailable", { cause: ran.cause });
        const { width, height } = v.parse(result, JSON.parse(ran.output));
        return { path: cleaned, thumbnail, width, height };
      }),
  };
}

type Ran =
  | { readonly is: "done"; readonly output: string }
  /** Refused the picture, hung or crashed over it. */
  | { readonly is: "crashed" }
  /** The program itself does not run here. */
  | { readonly is: "failed"; readonly cause: unknown };

function runProgram(parameters: readonly string[]): Promise<Ran> {
  const program = join(import.meta.dirname, "clean-picture.ts");
  // An environment of its own: that of the server holds its secrets.
  const options = { env: {}, timeout: timeLimitMs, killSignal: "SIGKILL", maxBuffer: 64 * 1024 } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...parameters], options, (error, output) => {
      if (!error) resolve({ is: "done", output });
      else if (error.code === atFault || error.signal) resolve({ is: "crashed" });
      else resolve({ is: "failed", cause: error });
    });
  });
}
