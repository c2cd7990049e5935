/** The number of unread messages on the launcher, which is also the button's accessible description. */

import type { View } from "../view.ts";

/** @returns shows this number; the same again, in the language of now, where it is left out */
export function createBadge({ launcher, looks }: View): (count?: number) => void {
  const badge = document.createElement("span");
  let shown = 0;
  const show = (count = shown): void => {
    const { unread = "Unread messages: {count}" } = looks().settings.strings;
    shown = count;
    badge.hidden = !count;
    badge.textContent = count > 99 ? "99+" : `${count}`;
    // The button's name is its label: what stands in it is not read, its title is.
    launcher.title = count ? unread.replace("{count}", `${count}`) : "";
  };
  launcher.append(badge);
  show();
  return show;
}
