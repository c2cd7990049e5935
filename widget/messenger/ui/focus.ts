/** The places that the focus goes to by itself, marked in the markup. */
const home = "[data-home]";
const log = "[role=log]";

/** To the composer, or to the notice in its place. */
export const focusHome = (root: Element | null): void => focus(root?.querySelector(home));

/** The same where nothing has the focus: what had it is gone, or the frame has just been given it. */
export function recoverFocus(root: Element | null): void {
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) focusHome(root);
}

/** From a control that goes away when it is used: a focus that fell to the document would be lost. */
export const focusLog = (control: EventTarget): void => {
  if (control instanceof Element) focus(control.closest(".messenger")?.querySelector(log));
};

function focus(element: Element | null | undefined): void {
  if (element instanceof HTMLElement) element.focus({ preventScroll: true });
}
