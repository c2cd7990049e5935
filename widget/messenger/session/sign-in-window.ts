/**
 * The companion's own sign-in: a pop-up on this origin, at whose end the callback page says what became of it. Loaded only
 * where a deployment has an OpenID provider.
 */

import type { SignInOutcome, SignInWindow } from "../surroundings.ts";

const features = "popup,width=480,height=640";

/** The slice of the browser's `Window` that is needed. */
export interface Opener {
  readonly location: Pick<Location, "origin">;
  open(url: string, name: string, features: string): Popup | null;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

type Popup = Pick<Window, "closed" | "close" | "focus" | "postMessage">;
type Channel = Pick<BroadcastChannel, "addEventListener" | "postMessage" | "close">;

/** To the window whose ticket has arrived, the way it came: it may close itself, where we can't close it. */
const taken = { vouch: "signInTaken" };

/**
 * What a customer who closes the window does is not looked for: nothing has changed, and nothing comes of it. (Nor could it
 * be told from a provider whose `Cross-Origin-Opener-Policy` cuts the window off.)
 *
 * @param openChannel undefined where the browser has none for this frame
 */
export function createSignInWindow(
  window: Opener,
  openChannel: (name: string) => Channel | undefined,
): SignInWindow {
  let endLast = (_: SignInOutcome): void => {};

  return (deploymentId) => {
    endLast("overtaken");
    const popup = window.open(`/oidc/sign-in/${encodeURIComponent(deploymentId)}`, "vouch-sign-in", features);
    if (!popup) return Promise.resolve("popupBlocked");
    return new Promise((resolve) => {
      const channel = openChannel("vouch:sign-in");

      function end(outcome: SignInOutcome): void {
        window.removeEventListener("message", heardWindow);
        channel?.close();
        popup?.close();
        resolve(outcome);
      }

      const hear = (data: unknown, reply: () => void): void => {
        const outcome = readOutcome(data);
        if (!outcome) return;
        if (typeof outcome === "object") reply();
        end(outcome);
      };
      const heardWindow = ({ source, origin, data }: MessageEvent): void => {
        // Whoever has a reference to this frame can post to it: only our own pop-up, on our own origin, is believed. One that
        // closes right after its last word may be gone before the word arrives, which then has no source any more.
        const isOurs = source === popup || (!source && popup.closed);
        if (isOurs && origin === window.location.origin) hear(data, () => popup.postMessage(taken, origin));
      };

      endLast = end;
      window.addEventListener("message", heardWindow);
      // Only this origin speaks on the channel, where a provider has cut the window off from its opener; such a window looks
      // closed. While ours does not, what is said there is for another tab.
      channel?.addEventListener("message", ({ data }) => {
        if (popup.closed) hear(data, () => channel.postMessage(taken));
      });
      popup.focus();
    });
  };
}

/** @returns null: not a word about a sign-in */
function readOutcome(data: unknown): SignInOutcome | null {
  const { vouch, ticket } = Object(data) as Record<string, unknown>;
  if (vouch !== "signIn") return null;
  return typeof ticket === "string" && ticket ? { ticket } : "signInFailed";
}
