/** Entry of the frame: reads what the server wrote into the page, waits for the host page, starts the engine. */

import type { FrameBootstrap } from "../../shared/protocol.ts";
import { acceptHost } from "../bridge/frame-bridge.ts";
import { browserSurroundings } from "./browser.ts";
import { createEngine, type Engine } from "./engine.ts";

/** The server wrote it into this very page: the one JSON that needs no checking. */
function readBootstrap(): FrameBootstrap {
  return JSON.parse(document.getElementById("vouch-deployment")?.textContent ?? "");
}

function listen(engine: Engine): void {
  addEventListener("pagehide", engine.left);
  import("./attention.ts").then(
    ({ attend }) => attend(engine, surroundings),
    // The connection's own heartbeat and waits lead on.
    () => {},
  );
}

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
const surroundings = browserSurroundings();

// No top-level await: the host speaks after the frame's `load`, which must not wait for what the host says.
void acceptHost({ window, allowedOrigins }).then((host) => {
  const engine = createEngine(surroundings, deployment, host);
  listen(engine);
  showWhenOpened(engine);
});
