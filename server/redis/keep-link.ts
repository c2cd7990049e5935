import type { Link, OpenLink } from "./link.ts";

/** Longest time that opening and preparing a link may take: a server may accept a connection and say nothing. */
const openMs = 5000;
const firstPauseMs = 50;
const longestPauseMs = 1000;
/** A link that stands for so long is no reason any more to wait longer for the next. */
const steadyMs = 10_000;

export interface KeptLink {
  /** null while there is none to rely on. */
  readonly current: Link | null;
  /** Gives the link up for a reason that it does not know itself; another one is opened. */
  giveUp(reason: unknown): void;
  close(): void;
}

export interface LinkKeeping {
  readonly open: OpenLink;
  readonly received: (channel: string, payload: string) => void;
  /** What a new link needs before anybody relies on it. Where it throws, the link is given up. */
  readonly prepare: (link: Link) => Promise<void>;
  readonly up: () => void;
  /** Also after each attempt that failed. */
  readonly down: (reason: unknown) => void;
  /** From 0 to 1, exclusive. */
  readonly random: () => number;
}

type State =
  | { readonly kind: "opening" }
  | { readonly kind: "up"; readonly link: Link; readonly steady: NodeJS.Timeout }
  | { readonly kind: "pausing"; readonly timer: NodeJS.Timeout }
  | { readonly kind: "closed" };

/** Holds a link to Redis. At its first fault all of it is thrown away and made anew: no state of it outlives a fault. */
export function keepLink(keeping: LinkKeeping): KeptLink {
  const { open, received, prepare, up, down, random } = keeping;
  let state: State;
  /** Since a link was last steady. */
  let faults = 0;
  /** Ends the attempt, or the link. */
  let endCurrent: (reason: unknown) => void = () => {};

  function begin(): void {
    state = { kind: "opening" };
    const patience = new AbortController();
    const timer = setTimeout(() => fail(new Error("Redis does not answer.")), openMs);
    let link: Link | null = null;
    let over = false;

    function fail(reason: unknown): void {
      if (over) return;
      over = true;
      clearTimeout(timer);
      patience.abort(reason);
      link?.close();
      if (state.kind === "up") clearTimeout(state.steady);
      if (state.kind === "closed") return;
      pause();
      down(reason);
    }

    async function establish(): Promise<void> {
      link = await open({ received, ended: fail }, patience.signal);
      // Its attempt may have been given up meanwhile.
      if (over) return link.close();
      await prepare(link);
      if (over) return;
      clearTimeout(timer);
      const steady = setTimeout(() => {
        faults = 0;
      }, steadyMs);
      state = { kind: "up", link, steady };
      up();
    }

    endCurrent = fail;
    establish().catch(fail);
  }

  /** Nodes that lost the same server do not come back in step. */
  function pause(): void {
    const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** faults);
    faults += 1;
    const timer = setTimeout(begin, longest * (0.5 + random() / 2));
    state = { kind: "pausing", timer };
  }

  begin();
  return {
    get current() {
      return state.kind === "up" ? state.link : null;
    },
    giveUp: (reason) => endCurrent(reason),
    close() {
      if (state.kind === "pausing") clearTimeout(state.timer);
      if (state.kind === "up") clearTimeout(state.steady);
      state = { kind: "closed" };
      endCurrent(new Error("closed"));
    },
  };
}
