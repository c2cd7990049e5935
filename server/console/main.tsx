/** Entry of the agent desk, served at `/console/`. The only place of the console that touches globals. */

import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { systemClock } from "../../shared/clock.ts";
import { createDesk, type Desk } from "./model/desk.ts";
import { createAccess } from "./sign-in/access.ts";
import { forgetToken, keepToken, takeToken } from "./sign-in/access-token.ts";
import { createAgentApi } from "./transport/agent-api.ts";
import { createAgentFiles } from "./transport/agent-files.ts";
import { browserTimers } from "./transport/timers.ts";
import { followAddress } from "./ui/address.ts";
import consoleStyle from "./ui/console.css?inline";
import { Console } from "./ui/console.tsx";
import conversationStyle from "./ui/conversation.css?inline";

const sheet = new CSSStyleSheet();
sheet.replaceSync(consoleStyle + conversationStyle);
document.adoptedStyleSheets = [sheet];

const visible = signal(document.visibilityState === "visible");
document.addEventListener("visibilitychange", () => {
  visible.value = document.visibilityState === "visible";
});

const socketUrl = new URL("/api/v1/agent/socket", location.href.replace(/^http/, "ws"));
let current: Desk | null = null;

const control = createAccess(
  (token, report) =>
    createDesk({
      token,
      report,
      visible,
      api: createAgentApi({ token, fetch: (input, init) => fetch(input, init) }),
      files: createAgentFiles(token),
      openSocket: () => new WebSocket(socketUrl),
      clock: systemClock,
      timers: browserTimers,
      random: Math.random,
      uuid: () => crypto.randomUUID(),
    }),
  (token) => (token === null ? forgetToken(sessionStorage) : keepToken(token, sessionStorage)),
);

effect(() => {
  const access = control.access.value;
  current = access.kind === "signedIn" ? access.desk : null;
  return current ? followAddress(current, window) : undefined;
});
effect(() => {
  if (visible.value) current?.wake();
});
addEventListener("online", () => current?.wake());

/** At the start, and when a link with a token is opened in a tab where the desk stands already. */
function enter(): void {
  const carried = takeToken(location, history, sessionStorage);
  if (carried !== null) control.signIn(carried);
}
addEventListener("hashchange", () => /[#&]token=/.test(location.hash) && enter());
enter();

const root = document.getElementById("console");
if (root) render(<Console control={control} clock={systemClock} />, root);
