/** `<vouch-messenger>`: stays on the page whatever its navigation does to the body, and is there once. */

const name = "vouch-messenger";

export interface HostElement {
  readonly root: ShadowRoot;
  /** Takes the element away for good. */
  remove(): void;
}

/** @param onAttached called once, when the element stands in the body for the first time */
export function createHostElement(onAttached: () => void): HostElement {
  // Defined where it is used: a second copy of this file does nothing, and must not fail while loading.
  if (!customElements.get(name)) customElements.define(name, KeptElement);
  const element = document.createElement(name) as KeptElement;
  const root = element.attachShadow({ mode: "open" });
  let attached: (() => void) | null = onAttached;

  const attach = (): void => {
    if (!element.keeper || element.isConnected) return;
    if (document.body) {
      document.body.append(element);
      attached?.();
      attached = null;
    } else document.addEventListener("DOMContentLoaded", attach, { once: true });
  };
  // In a later task: whoever took the element out may be about to put it back, or may have replaced the body.
  element.keeper = () => setTimeout(attach);
  queueMicrotask(attach);
  return {
    root,
    remove: () => {
      element.keeper = null;
      element.remove();
    },
  };
}

class KeptElement extends HTMLElement {
  /** Absent in copies: Turbo and its like clone the body for their cache and show the clone later. */
  keeper: (() => void) | null = null;

  connectedCallback(): void {
    if (!this.keeper) this.remove();
  }

  disconnectedCallback(): void {
    this.keeper?.();
  }
}
