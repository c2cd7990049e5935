/** The real browser's windows and channels behind `SignInWindow`. */

import { attempt } from "../attempt.ts";
import type { SignInWindow } from "../surroundings.ts";
import { createSignInWindow } from "./sign-in-window.ts";

export const browserSignInWindow: SignInWindow = createSignInWindow(window, (name) =>
  attempt(() => new BroadcastChannel(name)),
);
