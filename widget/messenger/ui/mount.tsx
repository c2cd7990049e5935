import { computed, effect, signal } from "@preact/signals";
import { render } from "preact";
import { type Clock, systemClock } from "../../../shared/clock.ts";
import { createLanguage, startOfDay } from "../locales/language.ts";
import type { MessengerModel } from "../model/messenger-model.ts";
import { App } from "./app.tsx";
import { applyAppearance, effectiveAppearance } from "./appearance/appearance.ts";
import { adoptStyles } from "./appearance/styles.ts";
import { recoverFocus } from "./focus.ts";
import type { View } from "./view.ts";

/**
 * Shows the messenger in an element of the frame page.
 * @returns takes it off the page again, style sheets and listeners included
 */
export function mount(root: HTMLElement, model: MessengerModel, clock: Clock = systemClock): () => void {
  const document = root.ownerDocument;
  const visible = signal(!document.hidden);
  const darkness = matchMedia("(prefers-color-scheme: dark)");
  const prefersDark = signal(darkness.matches);
  const appearance = computed(() => effectiveAppearance(model.deployment, model.settings.value));
  const language = computed(() =>
    createLanguage({
      locale: appearance.value.locale,
      strings: model.settings.value.strings,
      browserLocales: navigator.languages,
    }),
  );
  const today = signal(startOfDay(clock.now()));
  const view: View = { model, appearance, language, visible, today, clock };

  const onVisibility = () => {
    visible.value = !document.hidden;
  };
  const onScheme = () => {
    prefersDark.value = darkness.matches;
  };
  const onKey = (event: KeyboardEvent) => {
    // Escape also closes the suggestions of an input method; that one is not for us.
    if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented) model.close();
  };
  const onFocus = () => {
    if (model.panelOpen.peek()) recoverFocus(root);
  };
  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("focus", onFocus);
  document.addEventListener("keydown", onKey);
  darkness.addEventListener("change", onScheme);
  const dropStyles = adoptStyles(document);
  const stopDressing = effect(() => {
    applyAppearance(document.documentElement, appearance.value, prefersDark.value ? "dark" : "light");
    document.documentElement.lang = language.value.tag;
    document.documentElement.dir = language.value.direction;
  });
  // No timer wakes for midnight: the day matters when someone looks or something happens.
  const stopCalendar = effect(() => {
    if (visible.value && model.panelOpen.value && model.thread.value) today.value = startOfDay(clock.now());
  });
  render(<App view={view} />, root);

  return () => {
    render(null, root);
    stopDressing();
    stopCalendar();
    dropStyles();
    document.removeEventListener("visibilitychange", onVisibility);
    window.removeEventListener("focus", onFocus);
    document.removeEventListener("keydown", onKey);
    darkness.removeEventListener("change", onScheme);
  };
}
