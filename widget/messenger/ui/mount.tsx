import { computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { render } from "preact";
import { type Clock, systemClock } from "../../../shared/clock.ts";
import { insist } from "../insist.ts";
import { createLanguage } from "../locales/language.ts";
import type { MessengerModel } from "../model/messenger-model.ts";
import { adoptStyles } from "./adopt-styles.ts";
import { App } from "./app.tsx";
import { applyAppearance } from "./appearance/appearance.ts";
import type { Beside } from "./beside/beside.ts";
import { focusHome, recoverFocus } from "./focus.ts";
import styles from "./styles/messenger.css?inline";
import type { View } from "./view.ts";

/** Shows the messenger in an element of the frame page, for as long as the page lives. */
export function mount(root: HTMLElement, model: MessengerModel, clock: Clock = systemClock): void {
  const { documentElement } = document;
  const darkness = matchMedia("(prefers-color-scheme: dark)");
  const prefersDark = follow(darkness, "change", () => darkness.matches);
  const visible = follow(document, "visibilitychange", () => !document.hidden);
  // The page's looks stand before the deployment's.
  const appearance = computed(() => ({ ...model.deployment.appearance, ...model.settings.value.appearance }));
  const languageChoice = computed(() => ({
    locale: appearance.value.locale,
    strings: model.settings.value.strings,
    browserLocales: navigator.languages,
  }));
  const language = computed(() => createLanguage(languageChoice.value));
  const beside = signal<Beside | null>(null);

  adoptStyles(styles);
  effect(() => {
    applyAppearance(documentElement, appearance.value, prefersDark.value);
    documentElement.lang = language.value.tag;
    documentElement.dir = language.value.direction;
  });
  const view: View = { model, appearance, languageChoice, language, visible, clock, beside };
  render(<App view={view} />, root);

  // Now that the conversation is shown.
  insist(() => import("./beside/beside.ts")).then(({ createBeside }) => {
    beside.value = createBeside(view);
  });

  effect(() => {
    if (model.panelOpen.value) focusHome();
  });
  effect(() => {
    // Few visitors sign in: what is to be asked and told of it are files of their own.
    if (!model.panelOpen.value) return;
    if (model.question.value)
      insist(() => import("./account/question.tsx")).then(({ askToContinue }) => askToContinue(view));
    if (model.remark.value)
      insist(() => import("./account/remark.tsx")).then(({ showRemark }) => showRemark(view));
  });
  addEventListener("focus", () => {
    if (model.panelOpen.peek()) recoverFocus();
  });
  addEventListener("keydown", (event) => {
    // Escape also closes the suggestions of an input method, and dialogs; those are not for us.
    const isOurs = !event.isComposing && !event.defaultPrevented && !document.querySelector("dialog");
    if (event.key === "Escape" && isOurs) model.close();
  });
}

/** A fact of the browser that an event tells the changes of. */
function follow<Fact>(target: EventTarget, type: string, read: () => Fact): ReadonlySignal<Fact> {
  const fact = signal(read());
  target.addEventListener(type, () => {
    fact.value = read();
  });
  return fact;
}
