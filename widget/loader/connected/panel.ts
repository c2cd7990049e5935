/** The panel is the frame itself: beside the launcher, or over the whole of a phone's screen (`connected.css`). */

import type { View } from "../view.ts";

/** Into the frame on opening, and back to the launcher where the frame had it. */
export function moveFocus({ root, launcher }: View, open: boolean): void {
  const { activeElement } = root.getRootNode() as ShadowRoot;
  if (open) root.querySelector("iframe")?.focus();
  else if (activeElement) launcher.focus();
}

/**
 * A phone's keyboard covers the layout viewport; the composer has to stand above it. Pinch zoom is left alone.
 *
 * @param signal ends the listening
 */
export function followViewport({ root }: View, signal: AbortSignal): void {
  const viewport = window.visualViewport;
  const follow = (): void => {
    if (!viewport || viewport.scale > 1.01) return;
    root.style.setProperty("--top", `${viewport.offsetTop}px`);
    root.style.setProperty("--height", `${viewport.height}px`);
  };
  for (const event of ["resize", "scroll"]) viewport?.addEventListener(event, follow, { signal });
  follow();
}
