/** Requests that we make to addresses which somebody configured. */

export interface GuardedRequest {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Longest body that is read; what is longer is cut off and refused. */
  readonly maxBytes: number;
  /** For everything: resolving, connecting, waiting, reading. */
  readonly timeoutMs: number;
  /** Ends the request early. */
  readonly signal?: AbortSignal;
}

export interface GuardedResponse {
  /** 200–299 or 400–599. */
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Fetches an address in a way that can't be turned against the network we run in: see `docs/configuration.md`, “Keys”.
 * @throws OutboundRefused
 */
export type GuardedFetch = (url: string, request: GuardedRequest) => Promise<GuardedResponse>;

/** The request was not made, or its answer not taken; `message` is a sentence for the operator. */
export class OutboundRefused extends Error {
  override readonly name = "OutboundRefused";
}
