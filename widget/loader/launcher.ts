/** The round button and its icon. The badge joins it once there is a frame that counts (`connected/badge.ts`). */

export interface Launcher {
  readonly button: HTMLButtonElement;
  /** @param texts overrides of the English texts: `open`, `close` */
  show(open: boolean, texts: Readonly<Record<string, string>>): void;
}

const speechBubble = "M4 4h16v13h-9l-5 4v-4H4z";
/** There and back again: a line with nothing inside to fill. */
const chevron = "m6 9 6 6 6-6-6 6z";

export function createLauncher(onClick: () => void): Launcher {
  const button = document.createElement("button");
  const icon = drawing("svg", "viewBox", "0 0 24 24");
  button.type = "button";
  button.onclick = onClick;
  button.append(icon);

  return {
    button,
    show: (open, texts) => {
      button.setAttribute(
        "aria-label",
        open ? (texts.close ?? "Close messenger") : (texts.open ?? "Open messenger"),
      );
      button.setAttribute("aria-expanded", `${open}`);
      icon.replaceChildren(drawing("path", "d", open ? chevron : speechBubble));
    },
  };
}

function drawing(name: string, attribute: string, value: string): Element {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  element.setAttribute(attribute, value);
  return element;
}
