import type { GuardedFetch } from "../outbound/guarded-fetch.ts";

/** What a command may touch of the process it runs in. */
export interface Console {
  readonly env: NodeJS.ProcessEnv;
  /** Results, and nothing else: scripts read them. */
  print(text: string): void;
  /** Remarks and errors, for people. */
  remark(text: string): void;
  /** Default: all of standard input. */
  readInput?(): Promise<string>;
  /** Default: the network, as guarded as the server's. */
  readonly fetch?: GuardedFetch;
}

/** The command can't be done as it was asked for. Exit code 1. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
