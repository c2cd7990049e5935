import type { TestServer } from "./test-server.ts";
import type { Frame } from "./test-socket.ts";

/** The other end of an event stream, as a test sees it. */
export interface TestStream {
  readonly response: Response;
  /** The next frame of this kind; frames of other kinds before it are dropped. Rejects where the stream ends first. */
  next(t: string): Promise<Frame>;
  /** Everything that has arrived. */
  readonly frames: readonly Frame[];
  /** How often something arrived that says nothing. */
  comments(): number;
  /** Settles with what the stream said at its end, or null where it said nothing. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string } | null>;
  stop(): void;
}

export async function openTestStream(
  server: TestServer,
  token: string,
  query: Readonly<Record<string, string | number>> = {},
): Promise<TestStream> {
  const stopping = new AbortController();
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) search.set(name, String(value));
  const response = await fetch(`${server.url}/api/v1/events?${search}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: stopping.signal,
  });
  const frames: Frame[] = [];
  let taken = 0;
  let comments = 0;
  let isOver = false;
  let look = (): void => {};

  async function read(): Promise<{ code: number; reason: string } | null> {
    let last: { code: number; reason: string } | null = null;
    let text = "";
    try {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const events = (text + chunk).split("\n\n");
        text = events.pop() ?? "";
        for (const event of events) {
          const data = event.replace(/^(event: close\n)?data: /, "");
          if (event === ":") comments++;
          else if (event.startsWith("event: close")) last = JSON.parse(data);
          else frames.push(JSON.parse(data));
        }
        look();
      }
    } catch {
      // Cut, by either side.
    }
    isOver = true;
    look();
    return last;
  }

  return {
    response,
    frames,
    comments: () => comments,
    closed: read(),
    next: (t) =>
      new Promise((resolve, reject) => {
        look = () => {
          for (; taken < frames.length; taken++) {
            const frame = frames[taken];
            if (frame?.t !== t) continue;
            taken++;
            look = () => {};
            resolve(frame);
            return;
          }
          if (isOver) reject(new Error(`over before ${t}`));
        };
        look();
      }),
    stop: () => stopping.abort(),
  };
}
