import { effect } from "@preact/signals-core";
import { type ComponentChild, render } from "preact";
import { accountTexts } from "../../locales/en.account.ts";
import { createLanguage, type Language } from "../../locales/language.ts";
import { adoptStyles } from "../adopt-styles.ts";
import { focusHome } from "../focus.ts";
import type { View } from "../view.ts";
import styles from "./account.css?inline";

export type AccountLanguage = Language<typeof accountTexts>;

export interface DialogParts {
  readonly view: View;
  readonly role: "dialog" | "alertdialog";
  /** Whether what it is about still stands. It is gone, with every word in it, as soon as that is not the case. */
  readonly isCurrent: () => boolean;
  readonly content: (language: AccountLanguage, close: () => void) => ComponentChild;
  /** The customer pressed Escape. */
  readonly cancelled: (close: () => void) => void;
}

let isStyled = false;

/**
 * A modal dialog over the messenger, one at a time. The browser's own: everything behind it is inert, and the focus is kept
 * inside. It is named by its element `dialog-title`, described by `dialog-text`.
 */
export function openDialog({ view, role, isCurrent, content, cancelled }: DialogParts): void {
  if (document.querySelector("dialog")) return;
  const dialog = document.createElement("dialog");
  const language = createLanguage(view.languageChoice.peek(), accountTexts);
  let stop = (): void => {};

  const close = (): void => {
    stop();
    render(null, dialog);
    dialog.remove();
    focusHome();
  };

  if (!isStyled) {
    isStyled = true;
    adoptStyles(styles);
  }
  dialog.setAttribute("role", role);
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.setAttribute("aria-describedby", "dialog-text");
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    cancelled(close);
  });
  // A second Escape closes a dialog whatever its page says.
  dialog.addEventListener("close", close);
  document.body.append(dialog);
  render(content(language, close), dialog);
  dialog.showModal();
  let isOver = false;
  const watch = effect(() => {
    if (isCurrent()) return;
    isOver = true;
    close();
  });
  stop = watch;
  if (isOver) watch();
}
