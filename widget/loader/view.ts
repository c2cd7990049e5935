/** What stands on the host page: the element with the launcher in its shadow root, and room for the panel. */

import type { HostSettings } from "../bridge/messages.ts";
import { textOn } from "./accent.ts";
import { createHostElement } from "./host-element.ts";
import css from "./launcher.css?inline";
import { createLauncher } from "./launcher.ts";

export interface Looks {
  /** What the page asks for. */
  readonly settings: HostSettings;
  /** The deployment's appearance, once it is known; what the page asks for goes before. */
  readonly deployed: HostSettings["appearance"];
  readonly open: boolean;
}

export interface View {
  /** Carries position, colours and theme; the panel joins the launcher here. */
  readonly root: HTMLElement;
  readonly launcher: HTMLButtonElement;
  looks(): Looks;
  /** What is left out stays as it is. */
  show(change: Partial<Looks>): void;
  addStyle(css: string): void;
  remove(): void;
}

export function createView(settings: HostSettings, onAttached: () => void, onClick: () => void): View {
  const { root: shadow, remove } = createHostElement(onAttached);
  const root = document.createElement("div");
  const launcher = createLauncher(onClick);
  let looks: Looks = { settings, deployed: {}, open: false };

  /** Constructed: a Content-Security-Policy with `style-src 'none'` has no say in it. */
  function addStyle(text: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    shadow.adoptedStyleSheets.push(sheet);
  }

  function show(change: Partial<Looks>): void {
    looks = { ...looks, ...change };
    const { settings, deployed, open } = looks;
    const {
      accent = "#0b5fff",
      position = "right",
      theme = "auto",
    } = { ...deployed, ...settings.appearance };
    launcher.show(open, settings.strings);
    root.className = open ? `${position} open` : position;
    root.style.colorScheme = theme === "auto" ? "light dark" : theme;
    root.style.setProperty("--accent", accent);
    root.style.setProperty("--on-accent", textOn(accent));
  }

  addStyle(css);
  root.append(launcher.button);
  shadow.append(root);
  show({});

  return { root, launcher: launcher.button, looks: () => looks, show, addStyle, remove };
}
