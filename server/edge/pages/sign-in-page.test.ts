import { readFileSync } from "node:fs";
import { createContext, Script } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import { ProblemError } from "../../../shared/problem-error.ts";
import { signInPage } from "./sign-in-page.ts";

const script = new Script(readFileSync(new URL("sign-in-page.browser.js", import.meta.url), "utf8"));
const origin = "https://chat.acme.example";

/** The script in a window as far as it needs one; timers are run by hand. */
function open(message: object, opener: { closed: boolean } | null) {
  type Listener = (event: { data: unknown; origin: string }) => void;
  const listeners: Listener[] = [];
  const channelListeners: Listener[] = [];
  const timers: (() => void)[] = [];
  const posted: unknown[][] = [];
  const broadcast: unknown[] = [];
  const elements: Record<string, { textContent?: string; hidden: boolean; press?: () => void }> = {
    "vouch-sign-in": { textContent: JSON.stringify(message), hidden: false },
    close: { hidden: false },
    closing: { hidden: false },
    unanswered: { hidden: true },
  };
  const replaced: unknown[] = [];
  const close = vi.fn();
  const window = {
    opener: opener && { ...opener, postMessage: (...given: unknown[]) => void posted.push(given) },
    close,
    addEventListener: (_type: string, listener: Listener) => void listeners.push(listener),
  };
  class BroadcastChannel {
    constructor(name: string) {
      expect(name).toBe("vouch:sign-in");
    }
    addEventListener(_type: string, listener: Listener): void {
      channelListeners.push(listener);
    }
    postMessage(value: unknown): void {
      broadcast.push(structuredClone(value));
    }
  }
  script.runInContext(
    createContext({
      window,
      location: { origin, pathname: "/oidc/callback" },
      history: { replaceState: (...given: unknown[]) => void replaced.push(given[2]) },
      document: {
        getElementById: (id: string) => ({
          get textContent() {
            return elements[id]?.textContent;
          },
          set hidden(hidden: boolean) {
            Object.assign(elements[id] ?? {}, { hidden });
          },
          addEventListener: (_type: string, press: () => void) =>
            Object.assign(elements[id] ?? {}, { press }),
        }),
      },
      BroadcastChannel,
      JSON,
      setTimeout: (run: () => void) => void timers.push(run),
    }),
  );
  return {
    posted: JSON.parse(JSON.stringify(posted)) as unknown[][],
    broadcast,
    replaced,
    close,
    elements,
    passTime: () => {
      for (const run of timers.splice(0)) run();
    },
    hear: (data: unknown, from: string) => {
      for (const listener of listeners) listener({ data, origin: from });
    },
    hearChannel: (data: unknown) => {
      for (const listener of channelListeners) listener({ data, origin });
    },
  };
}

const ticket = { vouch: "signIn", ticket: "t" };
const taken = { vouch: "signInTaken" };

describe("The pop-up's last page", () => {
  test("tells its opener, on our own origin alone, and closes", () => {
    const page = open(ticket, { closed: false });
    expect(page.posted).toEqual([[ticket, origin]]);
    expect(page.broadcast).toEqual([]);
    expect(page.close).not.toHaveBeenCalled();
    page.passTime();
    expect(page.close).toHaveBeenCalledOnce();
  });

  test("takes code and state out of its address", () => {
    expect(open(ticket, null).replaced).toEqual(["/oidc/callback"]);
  });

  test.each([null, { closed: true }])(
    "tells whoever listens on our origin where its opener is %o",
    (opener) => {
      const page = open(ticket, opener);
      expect(page.posted).toEqual([]);
      expect(page.broadcast).toEqual([ticket]);
      page.hearChannel({ vouch: "other" });
      expect(page.close).not.toHaveBeenCalled();
      page.hearChannel(taken);
      expect(page.close).toHaveBeenCalledOnce();
    },
  );

  test("says what to do where nobody answers", () => {
    const page = open(ticket, null);
    page.passTime();
    expect(page.close).not.toHaveBeenCalled();
    expect(page.elements.closing?.hidden).toBe(true);
    expect(page.elements.unanswered?.hidden).toBe(false);
    page.elements.close?.press?.();
    expect(page.close).toHaveBeenCalledOnce();
  });

  test("closes at once when the messenger says that it has it, and for no other site's word", () => {
    const page = open(ticket, { closed: false });
    page.hear(taken, "https://evil.example");
    page.hear(null, origin);
    expect(page.close).not.toHaveBeenCalled();
    page.hear(taken, origin);
    expect(page.close).toHaveBeenCalledOnce();
  });

  test("stays to be read where there is no ticket", () => {
    const page = open({ vouch: "signIn", error: "oidc_exchange_failed" }, { closed: false });
    expect(page.posted).toEqual([[{ vouch: "signIn", error: "oidc_exchange_failed" }, origin]]);
    page.passTime();
    page.hear(taken, origin);
    expect(page.close).not.toHaveBeenCalled();
  });

  test("quotes nothing as HTML", async () => {
    const detail = "</script><img src=x onerror=alert(1)>";
    const problem = new ProblemError("oidc_exchange_failed", { detail });
    const text = await signInPage({ kind: "failed", problem }).text();
    expect(text).not.toContain("<img");
    const page = await signInPage({ kind: "signedIn", ticket: detail }).text();
    expect(page.match(/<\/script>/g)?.length).toBe(2);
  });
});
