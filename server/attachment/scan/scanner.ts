/** The operator's own look at each file before anybody gets it. Whoever is not told that a file is clean takes it for foul. */
export interface Scanner {
  /**
   * @param path of the file as it came
   * @param type media type, by the file's first bytes
   * Throws `unavailable` where there is no verdict: the scanner fails, is missing or takes too long.
   */
  scan(path: string, type: string): Promise<"clean" | "foul">;
}

export type ScanSettings =
  | {
      readonly by: "command";
      /** Program and its arguments; the file's path is added as the last. */
      readonly command: readonly [string, ...string[]];
      readonly timeoutSeconds: number;
    }
  | {
      readonly by: "http";
      readonly url: string;
      /** Sent as `Authorization: Bearer`; null: none. */
      readonly token: string | null;
      readonly timeoutSeconds: number;
    };
