/** Entry of the frame: reads what the server wrote into the page, waits for the host page, starts the engine. */

import type { FrameBootstrap } from "../../shared/protocol.ts";
import { acceptHost } from "../bridge/frame-bridge.ts";
import { browserSurroundings } from "./browser.ts";
import { createEngine, type Engine } from "./engine.ts";

/** The server wrote it into this very page: the one JSON that needs no checking. */
function readBootstrap(): FrameBootstrap {
  return JSON.parse(document.getElementById("vouch-deployment")?.textContent ?? "");
}

function listen({ acted, woken, hidden, offline, left }: Engine): void {
  const seen = (): void => (document.hidden ? hidden() : woken());
  addEventListener("online", woken);
  addEventListener("offline", offline);
  addEventListener("visibilitychange", seen);
  addEventListener("pagehide", left);
  // Another network; only some browsers tell.
  networkInformation()?.addEventListener("change", seen);
  if (document.hidden) hidden();
  // Back from the browser's page cache, where sockets do not live.
  addEventListener("pageshow", seen);
  // Whatever a customer does, by hand or through an assistive technology, ends in one of these.
  for (const type of ["click", "input", "keydown"]) addEventListener(type, acted);
}

const networkInformation = (): EventTarget | undefined => Reflect.get(navigator, "connection");

/** The interface is loaded at the first open, while the session is still being opened. */
function showWhenOpened({ model }: Engine): void {
  const root = document.getElementById("messenger") ?? document.body;
  let isWanted = false;
  model.panelOpen.subscribe((isOpen) => {
    if (isWanted || !isOpen) return;
    isWanted = true;
    import("./ui/mount.tsx").then(({ mount }) => mount(root, model));
  });
}

const { deployment, allowedOrigins } = readBootstrap();

// No top-level await: the host speaks after the frame's `load`, which must not wait for what the host says.
void acceptHost({ window, allowedOrigins }).then((host) => {
  const engine = createEngine(browserSurroundings(), deployment, host);
  listen(engine);
  showWhenOpened(engine);
});
