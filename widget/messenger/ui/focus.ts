/** The places that the focus goes to by itself, marked in the markup. */
const home = "[data-home]";
const log = "[role=log]";

/** To the composer, or to the notice in its place. */
export const focusHome = (root: Element | null): void => focus(root?.querySelector(home));

/** From a control that goes away when it is used: a focus that fell to the document would be lost. */
export const focusLog = (control: EventTarget): void => {
  if (control instanceof Element) focus(control.closest("main")?.querySelector(log));
};

function focus(element: Element | null | undefined): void {
  if (element instanceof HTMLElement) element.focus({ preventScroll: true });
}
