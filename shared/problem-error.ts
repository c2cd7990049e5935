import { type ProblemCode, type ProblemDocument, type ProblemKind, problems } from "./problems.ts";

export interface ProblemOptions {
  /** What was found and what was expected. Defaults to the code's own sentence. */
  readonly detail?: string;
  readonly retryAfterSeconds?: number;
  readonly faults?: ProblemDocument["faults"];
  readonly cause?: unknown;
}

/** The one error that refusals are thrown as. Branch on `code`; `message` is for people. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: ProblemCode;
  readonly retryAfterSeconds: number | undefined;
  readonly faults: ProblemDocument["faults"] | undefined;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(
      options.detail ?? problems[code].title,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.faults = options.faults;
  }

  get kind(): ProblemKind {
    return problems[this.code];
  }

  /** @param base where `/problems/{code}` explains a code; relative by default */
  toDocument(base = ""): ProblemDocument {
    return {
      type: `${base}/problems/${this.code}`,
      title: this.kind.title,
      status: this.kind.status,
      detail: this.message,
      code: this.code,
      fix: this.kind.fix,
      ...(this.retryAfterSeconds !== undefined && { retryAfterSeconds: this.retryAfterSeconds }),
      ...(this.faults !== undefined && { faults: this.faults }),
    };
  }
}
