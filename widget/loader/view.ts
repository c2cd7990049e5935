/** What stands on the host page: the element with the launcher in its shadow root, and room for the panel. */

import type { HostSettings } from "../bridge/messages.ts";
import { textOn } from "./accent.ts";
import { createHostElement } from "./host-element.ts";
import css from "./launcher.css?inline";
import { createLauncher, type Launcher } from "./launcher.ts";

export interface View extends Pick<Launcher, "setOpen"> {
  /** Carries position, colours and theme; panel and badge join the launcher here. */
  readonly root: HTMLElement;
  readonly launcher: HTMLButtonElement;
  addStyle(css: string): void;
  /** What the page asks for. */
  apply(settings: HostSettings): void;
  /** The deployment's looks, once they are known; what the page asks for goes before. */
  deployed(appearance: HostSettings["appearance"]): void;
  remove(): void;
}

export function createView(onAttached: () => void, onClick: () => void): View {
  const host = createHostElement(onAttached);
  const root = document.createElement("div");
  const launcher = createLauncher(onClick);
  let own: HostSettings["appearance"] = {};
  let deployed: HostSettings["appearance"] = {};

  /** Constructed: a Content-Security-Policy with `style-src 'none'` has no say in it. */
  function addStyle(text: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    host.root.adoptedStyleSheets.push(sheet);
  }

  function look(): void {
    const { accent = "#0b5fff", position = "right", theme = "auto" } = { ...deployed, ...own };
    const { style } = root;
    root.className = position;
    style.colorScheme = theme === "auto" ? "light dark" : theme;
    style.setProperty("--accent", accent);
    style.setProperty("--on-accent", textOn(accent));
  }

  addStyle(css);
  root.id = "root";
  root.append(launcher.button);
  host.root.append(root);

  return {
    root,
    launcher: launcher.button,
    addStyle,
    apply: ({ appearance, strings }) => {
      own = appearance;
      launcher.setTexts(strings);
      look();
    },
    deployed: (appearance) => {
      deployed = appearance;
      look();
    },
    setOpen: launcher.setOpen,
    remove: host.remove,
  };
}
