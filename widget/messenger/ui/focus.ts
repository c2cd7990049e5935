const focus = (selector: string): void =>
  document.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });

/** To the composer, or to the notice in its place; where a question stands in front of both, to that. */
export const focusHome = (): void =>
  focus(document.querySelector("dialog") ? "dialog button" : "textarea, section");

/** From a control that goes away when it is used: a focus that fell to the document would be lost. */
export const focusLog = (): void => focus("[role=log]");

/** Home where nothing has the focus: what had it is gone, or the frame has just been given it. */
export function recoverFocus(): void {
  if (document.activeElement === document.body) focusHome();
}
