/** What a command may touch of the process it runs in. */
export interface Console {
  readonly env: NodeJS.ProcessEnv;
  /** Results, and nothing else: scripts read them. */
  print(text: string): void;
  /** Remarks and errors, for people. */
  remark(text: string): void;
}

/** The command can't be done as it was asked for. Exit code 1. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
