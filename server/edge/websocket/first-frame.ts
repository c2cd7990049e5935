import { closeCodes } from "../../../shared/protocol.ts";
import type { Listener, Outlet } from "./outlet.ts";

export interface FirstFrame<Auth> {
  /** From the opening to the frame, in milliseconds. */
  readonly deadlineMs: number;
  /** null: not an `auth` frame. */
  parse(text: string): Auth | null;
  /** @returns who listens from then on; throws ProblemError where the token is no good */
  authenticate(auth: Auth): Promise<Listener>;
  /** It listens from now on, and what served the first frame may be forgotten. */
  admitted(listener: Listener): void;
}

/** A client may ping as soon as it is connected; one that pings more before it is known wants our answers only. */
const pingsAtMost = 10;

type Stage =
  | { readonly kind: "waiting"; readonly deadline: NodeJS.Timeout }
  | { readonly kind: "checking" }
  | { readonly kind: "over" };

/**
 * Nobody is served before one `auth` frame has been accepted. A second frame while the first is checked closes the
 * connection: keeping it for later would let strangers fill our memory.
 */
export function awaitFirstFrame<Auth>(outlet: Outlet, first: FirstFrame<Auth>): Listener {
  let pings = 0;
  let stage: Stage = {
    kind: "waiting",
    deadline: setTimeout(() => outlet.close(closeCodes.authTimeout, "session_missing"), first.deadlineMs),
  };

  async function check(auth: Auth): Promise<void> {
    stage = { kind: "checking" };
    try {
      const listener = await first.authenticate(auth);
      if (outlet.open) first.admitted(listener);
      else listener.closed();
    } catch (error) {
      outlet.fail(error);
    }
  }

  function opening(frame: string, deadline: NodeJS.Timeout): void {
    clearTimeout(deadline);
    const auth = first.parse(frame);
    if (auth === null) outlet.close(closeCodes.badFrame, "request_invalid");
    else void check(auth);
  }

  return {
    text(frame) {
      if (stage.kind === "waiting") opening(frame, stage.deadline);
      else outlet.close(closeCodes.badFrame, "request_invalid");
    },
    pinged() {
      if (++pings > pingsAtMost) outlet.close(closeCodes.tooFast, "rate_limited");
    },
    drained() {},
    closed() {
      if (stage.kind === "waiting") clearTimeout(stage.deadline);
      stage = { kind: "over" };
    },
  };
}
