import { beforeEach, expect, test } from "vitest";
import { settled } from "../fixtures/fake-time.ts";
import type { SignInOutcome } from "../surroundings.ts";
import { createSignInWindow, type Opener } from "./sign-in-window.ts";

const origin = "https://chat.example";

let opened: string[][];
let popup: { closed: boolean; close(): void; focus(): void; postMessage(...said: unknown[]): void } | null;
let replies: unknown[];
let listeners: Set<(event: MessageEvent) => void>;
let hearChannel: (event: { data: unknown }) => void;
let channels: string[];
let outcome: SignInOutcome | undefined;

const opener: Opener = {
  location: { origin },
  open(...args) {
    opened.push(args);
    return popup;
  },
  addEventListener: (_, listener) => void listeners.add(listener),
  removeEventListener: (_, listener) => void listeners.delete(listener),
};

const signIn = createSignInWindow(opener, (name) => {
  channels.push(name);
  return {
    addEventListener: (_: string, listener: unknown) => {
      hearChannel = listener as typeof hearChannel;
    },
    postMessage: (data: unknown) => void replies.push(data),
    close: () => channels.push("closed"),
  };
});

function begin(): void {
  outcome = undefined;
  void signIn("acme/web").then((found) => {
    outcome = found;
  });
}

async function post(data: unknown, from: Partial<MessageEvent> = {}): Promise<SignInOutcome | undefined> {
  for (const listener of listeners)
    listener({ data, origin, source: popup, ...from } as unknown as MessageEvent);
  await settled();
  return outcome;
}

beforeEach(() => {
  opened = [];
  channels = [];
  replies = [];
  listeners = new Set();
  popup = {
    closed: false,
    close() {
      this.closed = true;
    },
    focus() {},
    postMessage: (...said) => void replies.push(said),
  };
});

const good = { vouch: "signIn", ticket: "ticket-1" };

test("opens on this origin and brings back its ticket, once, leaving nothing open", async () => {
  begin();
  expect(opened).toEqual([["/oidc/sign-in/acme%2Fweb", "vouch-sign-in", "popup,width=480,height=640"]]);
  expect(await post(good)).toEqual({ ticket: "ticket-1" });
  expect(replies).toEqual([[{ vouch: "signInTaken" }, origin]]);
  expect([popup?.closed, listeners.size, channels]).toEqual([true, 0, ["vouch:sign-in", "closed"]]);
});

test("says that the browser blocked it", async () => {
  popup = null;
  begin();
  await settled();
  expect([outcome, listeners.size]).toEqual(["popupBlocked", 0]);
});

test.each<[string, unknown, Partial<MessageEvent>]>([
  ["another window", good, { source: {} as Window }],
  ["a window that is gone, while ours is open", good, { source: null }],
  ["the page around the frame", good, { source: {} as Window, origin: "https://www.acme.example" }],
  ["our window on another origin", good, { origin: "https://evil.example" }],
  ["our window about something else", { ticket: "ticket-1" }, {}],
  ["our window in no words", null, {}],
  ["our window in a text", "signIn", {}],
])("believes nothing of %s", async (_, data, from) => {
  begin();
  expect(await post(data, from)).toBeUndefined();
  expect(await post(good)).toEqual({ ticket: "ticket-1" });
});

test.each([{ error: "access_denied" }, { ticket: "" }, { ticket: 1 }, {}])(
  "takes %j for a failure",
  async (said) => {
    begin();
    expect(await post({ vouch: "signIn", ...said })).toBe("signInFailed");
    expect(replies).toEqual([]);
  },
);

test("believes our window that closed before its word arrived", async () => {
  begin();
  if (popup) popup.closed = true;
  expect(await post(good, { source: null, origin: "https://evil.example" })).toBeUndefined();
  expect(await post(good, { source: null })).toEqual({ ticket: "ticket-1" });
});

test("hears a window that was cut off from its opener on the channel, and no other tab's", async () => {
  begin();
  hearChannel({ data: good });
  await settled();
  expect(outcome).toBeUndefined();
  if (popup) popup.closed = true;
  expect(replies).toEqual([]);
  hearChannel({ data: good });
  await settled();
  expect(outcome).toEqual({ ticket: "ticket-1" });
  expect(replies).toEqual([{ vouch: "signInTaken" }]);
});

test("of another try overtakes the one before", async () => {
  begin();
  const first = signIn("acme-web");
  void signIn("acme-web");
  expect(await first).toBe("overtaken");
  expect(listeners.size).toBe(1);
});
