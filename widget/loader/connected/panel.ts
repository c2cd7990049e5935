/** The box that holds the frame: beside the launcher, or over the whole of a phone's screen. */

import type { View } from "../view.ts";

export interface Panel {
  /** In place of the frame before. Hidden with the panel, a frame runs but takes no focus and is not announced. */
  place(frame: HTMLIFrameElement): void;
  /** Moves the focus into the frame, or back to the launcher where the frame had it. */
  setOpen(open: boolean): void;
}

/** @param signal ends the listening to the viewport */
export function createPanel({ root, launcher }: View, signal: AbortSignal): Panel {
  const panel = document.createElement("div");
  let frame: HTMLIFrameElement | undefined;
  panel.id = "panel";
  launcher.setAttribute("aria-controls", panel.id);
  root.prepend(panel);

  // A phone's keyboard covers the layout viewport; the composer has to stand above it. Pinch zoom is left alone.
  const viewport = window.visualViewport;
  const follow = (): void => {
    if (!viewport || viewport.scale > 1.01) return;
    panel.style.setProperty("--top", `${viewport.offsetTop}px`);
    panel.style.setProperty("--height", `${viewport.height}px`);
  };
  for (const event of ["resize", "scroll"]) viewport?.addEventListener(event, follow, { signal });
  follow();

  return {
    place: (next) => {
      frame = next;
      panel.replaceChildren(frame);
    },
    setOpen: (open) => {
      const { activeElement } = panel.getRootNode() as ShadowRoot;
      panel.classList.toggle("open", open);
      if (open) frame?.focus();
      else if (frame && frame === activeElement) launcher.focus();
    },
  };
}
