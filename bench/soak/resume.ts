import type { ConversationLog, WireMessage } from "./clients/conversation-log.ts";
import type { Line, LineEvents } from "./clients/line.ts";

export interface ResumeOptions {
  readonly url: string;
  readonly token: string;
  /** The client has everything up to here. */
  readonly afterSeq: number;
  readonly log: Pick<ConversationLog, "recognise">;
  readonly open: (address: string, auth: object, events: LineEvents) => Line;
}

export interface ResumeFate {
  /** null: everything up to what the server said was the end has come, in order, once, as it was written. */
  readonly fault: string | null;
  readonly messages: number;
  /** From the opening to the last message that was missing. */
  readonly ms: number;
}

const patienceMs = 30_000;

/** Comes back once, and leaves as soon as it has everything. */
export function resume({ url, token, afterSeq, log, open }: ResumeOptions): Promise<ResumeFate> {
  return new Promise((resolve) => {
    const began = performance.now();
    let cursor = afterSeq;
    let lastSeq = Number.POSITIVE_INFINITY;

    function settle(fault: string | null): void {
      clearTimeout(limit);
      line.cut();
      resolve({ fault, messages: cursor - afterSeq, ms: performance.now() - began });
    }

    function arrived(wire: WireMessage): void {
      if (wire.seq !== cursor + 1) settle(`was given ${wire.seq} after ${cursor}`);
      else if (log.recognise("a client that came back", wire) === null)
        settle(`was given another ${wire.seq}`);
      else if (++cursor >= lastSeq) settle(null);
    }

    const line = open(
      `${url.replace("http", "ws")}/api/v1/socket`,
      { t: "auth", token, afterSeq, delivered: true },
      {
        frame(frame) {
          if (frame.t === "message") arrived(frame.message as WireMessage);
          if (frame.t !== "ready") return;
          lastSeq = Number(frame.lastSeq);
          if (cursor >= lastSeq) settle(null);
        },
        closed: (code, reason) => settle(`was closed with ${code} ${reason}`),
      },
    );
    const limit = setTimeout(() => settle(`had ${cursor} of ${lastSeq} after ${patienceMs} ms`), patienceMs);
  });
}
