import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { render } from "preact";
import { type Clock, systemClock } from "../../../shared/clock.ts";
import { createLanguage } from "../locales/language.ts";
import type { MessengerModel } from "../model/messenger-model.ts";
import { App } from "./app.tsx";
import { applyAppearance } from "./appearance/appearance.ts";
import { focusHome, recoverFocus } from "./focus.ts";
import styles from "./styles/messenger.css?inline";

/** Shows the messenger in an element of the frame page, for as long as the page lives. */
export function mount(root: HTMLElement, model: MessengerModel, clock: Clock = systemClock): void {
  const { documentElement } = document;
  const darkness = matchMedia("(prefers-color-scheme: dark)");
  const prefersDark = follow(darkness, "change", () => darkness.matches);
  const visible = follow(document, "visibilitychange", () => !document.hidden);
  // The page's looks stand before the deployment's.
  const appearance = computed(() => ({ ...model.deployment.appearance, ...model.settings.value.appearance }));
  const language = computed(() =>
    createLanguage({
      locale: appearance.value.locale,
      strings: model.settings.value.strings,
      browserLocales: navigator.languages,
    }),
  );

  // As a constructed style sheet: the frame's Content-Security-Policy allows no style elements.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets = [sheet];
  effect(() => {
    applyAppearance(documentElement, appearance.value, prefersDark.value);
    documentElement.lang = language.value.tag;
    documentElement.dir = language.value.direction;
  });
  render(<App view={{ model, appearance, language, visible, clock }} />, root);

  effect(() => {
    if (model.panelOpen.value) focusHome();
  });
  addEventListener("focus", () => {
    if (model.panelOpen.peek()) recoverFocus();
  });
  addEventListener("keydown", (event) => {
    // Escape also closes the suggestions of an input method; that one is not for us.
    if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented) model.close();
  });
}

/** A fact of the browser that an event tells the change of. */
function follow<Fact>(target: EventTarget, type: string, read: () => Fact): ReadonlySignal<Fact> {
  const fact = signal(read());
  target.addEventListener(type, () => {
    fact.value = read();
  });
  return fact;
}
