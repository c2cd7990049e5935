/**
 * The two sides of whoever is served live: where frames go out, and who is told what comes in. A WebSocket is one
 * (`connection.ts`), an event stream over HTTP another (`../events/`); what the frames mean is the same on both.
 */

export interface Outlet {
  /** Not at its end yet: what is sent may still arrive. */
  readonly open: boolean;
  /** Much is queued. What can be read again later waits until the listener is told `drained`; what can't is closed for in the end. */
  readonly congested: boolean;
  /** @param frame as `textFrame` makes it; goes out with the others of this turn */
  send(frame: Buffer): void;
  /**
   * @param code of `closeCodes`
   * @param reason a problem code where there is one; the peer's developer tools show it
   */
  close(code: number, reason: string): void;
  /** Ends it for a refusal, or for a fault of our own: that one is logged, and said to the peer as `unavailable`. */
  fail(error: unknown): void;
}

/** What happens at an outlet, told to whoever serves it. */
export interface Listener {
  text(frame: string): void;
  /** A ping of the protocol: it costs us an answer, as a frame does. */
  pinged(): void;
  /** The queue was over its limit and is empty now. */
  drained(): void;
  /** Once, at the first sign of the end; nothing is told afterwards. */
  closed(): void;
}
