/** Entry of the frame: reads what the server wrote into the page, waits for the host page, starts the engine. */

import type { FrameBootstrap } from "../../shared/protocol.ts";
import { acceptHost } from "../bridge/frame-bridge.ts";
import { browserSurroundings } from "./browser.ts";
import { createEngine, type Engine } from "./engine.ts";

/** The server wrote it into this very page: the one JSON that needs no checking. */
function readBootstrap(): FrameBootstrap {
  return JSON.parse(document.getElementById("vouch-deployment")?.textContent ?? "");
}

function listen({ acted, woken, offline }: Engine): void {
  const seen = (): void => {
    if (document.visibilityState === "visible") woken();
  };
  window.addEventListener("online", woken);
  window.addEventListener("offline", offline);
  document.addEventListener("visibilitychange", seen);
  // Back from the browser's page cache, where sockets do not live.
  window.addEventListener("pageshow", seen);
  for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, acted, { passive: true });
}

/** The interface is loaded at the first open, while the session is still being opened. */
function showWhenOpened({ model }: Engine, root: HTMLElement): void {
  const stop = model.panelOpen.subscribe((open) => {
    if (!open) return;
    queueMicrotask(() => stop());
    void import("./ui/mount.tsx").then(({ mount }) => mount(root, model));
  });
}

const { deployment, allowedOrigins } = readBootstrap();
const root = document.getElementById("messenger");

// No top-level await: the host speaks after the frame's `load`, which must not wait for what the host says.
void acceptHost({ window, allowedOrigins }).then((host) => {
  const engine = createEngine(browserSurroundings(), deployment, host);
  listen(engine);
  if (root) showWhenOpened(engine, root);
});
