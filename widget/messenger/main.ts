/** Entry of the frame: reads what the server wrote into the page, waits for the host page, starts the engine. */

import type { FrameBootstrap } from "../../shared/protocol.ts";
import { acceptHost } from "../bridge/frame-bridge.ts";
import { browserSurroundings } from "./browser.ts";
import { createEngine, type Engine } from "./engine.ts";
import { insist } from "./insist.ts";

/** The server wrote it into this very page: the one JSON that needs no checking. */
function readBootstrap(): FrameBootstrap {
  return JSON.parse(document.getElementById("vouch-deployment")?.textContent ?? "");
}

/** Until a frame whose interface did not load begins anew. */
const pauseMs = 3000;

/**
 * The interface is loaded at the first open, while the session is still being opened. Where it does not load, the frame begins
 * anew: the files may be those of before an upgrade of the server.
 */
function showWhenOpened({ model }: Engine): void {
  const root = document.getElementById("messenger") ?? document.body;
  let isWanted = false;
  model.panelOpen.subscribe((isOpen) => {
    if (isWanted || !isOpen) return;
    isWanted = true;
    import("./ui/mount.tsx").then(
      ({ mount }) => mount(root, model),
      () => setTimeout(() => location.reload(), pauseMs),
    );
  });
}

const { deployment, allowedOrigins } = readBootstrap();
const surroundings = browserSurroundings();

// No top-level await: the host speaks after the frame's `load`, which must not wait for what the host says.
void acceptHost({ window, allowedOrigins }).then((host) => {
  const engine = createEngine(surroundings, deployment, host);
  addEventListener("pagehide", engine.left);
  // Until it is there the connection's own heartbeat and waits lead on.
  insist(() => import("./attention.ts")).then(({ attend }) => attend(engine, surroundings));
  showWhenOpened(engine);
});
