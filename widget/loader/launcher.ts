/** The round button, its icon and its badge. */

export interface Launcher {
  readonly button: HTMLButtonElement;
  setOpen(open: boolean): void;
  setUnread(count: number): void;
  setTexts(texts: Readonly<Record<string, string>>): void;
}

const english = { open: "Open messenger", close: "Close messenger", unread: "Unread messages: {count}" };

/** A speech bubble, and the chevron that takes its place while the panel is open. */
const paths = [
  "M12 3.5c-5 0-9 3.4-9 7.7 0 2.4 1.3 4.6 3.3 6L5.7 21l4-2c.7.1 1.5.2 2.3.2 5 0 9-3.4 9-7.9s-4-7.8-9-7.8Z",
  "m6 9.5 6 6 6-6",
];

export function createLauncher(onClick: () => void): Launcher {
  const button = document.createElement("button");
  const badge = document.createElement("span");
  let texts: Readonly<Record<string, string>> = english;
  let open = false;
  let unread = 0;

  button.type = "button";
  button.setAttribute("aria-describedby", "unread");
  button.onclick = onClick;
  badge.id = "unread";
  badge.setAttribute("role", "img");
  button.append(icon(), badge);
  render();

  function render(): void {
    button.setAttribute("aria-label", (open ? texts.close : texts.open) ?? "");
    button.setAttribute("aria-expanded", `${open}`);
    badge.hidden = unread === 0;
    badge.textContent = unread > 99 ? "99+" : `${unread}`;
    badge.setAttribute("aria-label", unread ? (texts.unread ?? "").replace("{count}", `${unread}`) : "");
  }

  return {
    button,
    setOpen: (value) => {
      open = value;
      render();
    },
    setUnread: (count) => {
      unread = count;
      render();
    },
    setTexts: (overrides) => {
      texts = { ...english, ...overrides };
      render();
    },
  };
}

function icon(): SVGElement {
  const create = (name: string): SVGElement =>
    document.createElementNS("http://www.w3.org/2000/svg", name) as SVGElement;
  const svg = create("svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = create("path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
