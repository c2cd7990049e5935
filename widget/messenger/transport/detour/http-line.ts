/**
 * A socket over plain HTTP: frames come down as an event stream, or by long polls where a proxy holds streams back, and go up
 * by POST. Whoever holds it can't tell it from a WebSocket.
 */

import type { ClientFrame, ServerFrame } from "../../../../shared/protocol.ts";
import type { Socket, SocketHandlers, Surroundings } from "../../surroundings.ts";
import { type Closing, closingIn, closingOf, cut, isEventStream } from "./answers.ts";
import { createEventReader } from "./event-text.ts";
import { newsOf, nothingTold, type Told } from "./poll-news.ts";
import { createUpward } from "./upward.ts";

export type LineSurroundings = Pick<Surroundings, "fetch" | "after">;
type Auth = Extract<ClientFrame, { t: "auth" }>;

export type Downward = "stream" | "poll";

export interface LineHandlers extends SocketHandlers {
  /** Before every request: to be answered at once with an `auth` frame. The session's token may have been renewed. */
  opened(): void;
  /** Streams have been found to be held back: a new line had better begin with polls. */
  heldBack(): void;
}

/** The server says something at once: who hears nothing for so long has a proxy before it that waits for the end. */
export const heldBackMs = 4000;
/** The server ends a poll after 25 s. */
export const pollPatienceMs = 40_000;
/** Before the next poll after one without news: whatever ends polls early must not be asked without pause. */
const pauseMs = 1000;

const events = "/api/v1/events";

export function openHttpLine(
  { fetch, after }: LineSurroundings,
  begunWith: Downward,
  handlers: LineHandlers,
): Socket {
  const life = new AbortController();
  let downward = begunWith;
  let auth: Auth | null = null;
  /** Somebody asked whether the line lives; the next piece of the stream is the answer. */
  let isAsked = false;

  function end({ code, reason }: Closing): void {
    if (life.signal.aborted) return;
    life.abort();
    handlers.closed(code, reason);
  }

  const tell = (frame: ServerFrame): void => {
    if (!life.signal.aborted) handlers.text(JSON.stringify(frame));
  };

  const upward = createUpward({
    send: (frames) => ask(events, 10_000, { method: "POST", body: JSON.stringify({ frames }) }),
    answered: tell,
    failed: end,
  });

  /** The session's token as it is now. */
  function token(): string {
    handlers.opened();
    return auth?.token ?? "";
  }

  /** Again with the new token where it was renewed while the old one was on its way: nothing counts twice. */
  async function ask(path: string, ms: number, init: RequestInit = {}): Promise<Response> {
    const used = token();
    const response = await request(path, ms, init, used);
    return response.status === 401 && token() !== used ? request(path, ms, init, token()) : response;
  }

  /** Given up after `ms`. Rejects as `fetch` does. */
  async function request(path: string, ms: number, init: RequestInit, bearer: string): Promise<Response> {
    const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
    const limit = new AbortController();
    const give = (): void => limit.abort();
    const cancel = after(ms, give);
    life.signal.addEventListener("abort", give);
    try {
      const response = await fetch(path, { ...init, headers, cache: "no-store", signal: limit.signal });
      // Its body belongs to the wait as well: what is read later has waited for nothing.
      return new Response(await response.text(), response);
    } finally {
      cancel();
      life.signal.removeEventListener("abort", give);
    }
  }

  async function listen(): Promise<void> {
    try {
      if (downward === "stream") await stream();
      if (downward === "poll" && !life.signal.aborted) await poll();
    } catch {
      end(cut);
    }
  }

  function changeToPolls(): void {
    downward = "poll";
    handlers.heldBack();
  }

  async function stream(): Promise<void> {
    const attempt = new AbortController();
    const give = (): void => attempt.abort();
    life.signal.addEventListener("abort", give);
    let isHeldBack = false;
    const cancel = after(heldBackMs, () => {
      isHeldBack = true;
      give();
    });
    try {
      const response = await fetch(`${events}?${query({})}`, {
        headers: { authorization: `Bearer ${auth?.token}` },
        cache: "no-store",
        signal: attempt.signal,
      });
      if (!isEventStream(response)) {
        end(await closingOf(response));
        return;
      }
      // React Native and its like give no body before its end.
      const reader = response.body?.getReader();
      if (!reader) {
        changeToPolls();
        give();
        return;
      }
      await readAll(reader, cancel);
    } catch (error) {
      if (!isHeldBack) throw error;
      changeToPolls();
    } finally {
      cancel();
      life.signal.removeEventListener("abort", give);
    }
  }

  async function readAll(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    arrived: () => void,
  ): Promise<void> {
    const decoder = new TextDecoder();
    const read = createEventReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      arrived();
      if (isAsked) tell({ t: "pong" });
      isAsked = false;
      for (const event of read(decoder.decode(value, { stream: true }))) {
        if (event.kind === "close") end(closingIn(event.text));
        else tell(JSON.parse(event.text));
      }
    }
    end(cut);
  }

  async function poll(): Promise<void> {
    let told = nothingTold(auth?.afterSeq ?? 0);
    for (let isFirst = true; !life.signal.aborted; isFirst = false) {
      const response = await ask(
        `${events}?${isFirst ? query({ poll: "true" }) : again(told)}`,
        pollPatienceMs,
      );
      if (!isEventStream(response)) {
        end(await closingOf(response));
        return;
      }
      const read = createEventReader()(await response.text());
      const frames = read.flatMap(({ kind, text }) =>
        kind === "frame" ? [JSON.parse(text) as ServerFrame] : [],
      );
      const news = newsOf(told, frames, isFirst);
      told = isFirst ? { ...news.told, position: startOf(frames, news.told.position) } : news.told;
      for (const frame of news.frames) tell(frame);
      const last = read.at(-1);
      if (last?.kind === "close") end(closingIn(last.text));
      else if (isFirst && frames.length === 0) end(cut);
      else if (news.frames.length === 0) await new Promise<void>((resolve) => after(pauseMs, resolve));
    }
  }

  /** Where the server began: it sends nothing of what is more than was asked for. */
  function startOf(frames: readonly ServerFrame[], position: number): number {
    const ready = frames.find((frame) => frame.t === "ready");
    if (!ready) return position;
    const isTooMuch = ready.lastSeq - position > (auth?.atMost ?? Number.POSITIVE_INFINITY);
    return isTooMuch || auth?.afterSeq === undefined ? ready.lastSeq : position;
  }

  function query(more: Record<string, string>): string {
    const { afterSeq, atMost } = auth ?? {};
    return String(
      new URLSearchParams({
        ...more,
        ...(afterSeq !== undefined && { afterSeq: String(afterSeq) }),
        ...(atMost !== undefined && { atMost: String(atMost) }),
      }),
    );
  }

  // A socket that says so before whoever opened it has it in hand would not be known to be theirs.
  void Promise.resolve().then(() => life.signal.aborted || handlers.opened());

  return {
    send(text) {
      const frame: ClientFrame = JSON.parse(text);
      if (frame.t === "auth") {
        const isFirst = auth === null;
        auth = frame;
        if (isFirst) void listen();
      } else if (frame.t === "ping" && downward === "stream") isAsked = true;
      else upward.post(frame);
    },
    close() {
      // Asked, and no answer came: the stream may have begun well and be held back since.
      if (isAsked) handlers.heldBack();
      life.abort();
    },
  };
}

const again = ({ position, readSeq, agent }: Told): string =>
  String(
    new URLSearchParams({
      poll: "true",
      afterSeq: String(position),
      readSeq: String(readSeq),
      agentDelivered: String(agent.delivered),
      agentRead: String(agent.read),
    }),
  );
