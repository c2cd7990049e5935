/** The round button and its icon. The badge joins it once there is a frame that counts (`connected/badge.ts`). */

export interface Launcher {
  readonly button: HTMLButtonElement;
  setOpen(open: boolean): void;
  /** Overrides of the English texts: `open`, `close`. */
  setTexts(texts: Readonly<Record<string, string>>): void;
}

/** A speech bubble, and the chevron that takes its place while the panel is open. */
const paths = [
  "M12 3.5c-5 0-9 3.4-9 7.7 0 2.4 1.3 4.6 3.3 6L5.7 21l4-2c.7.1 1.5.2 2.3.2 5 0 9-3.4 9-7.9s-4-7.8-9-7.8Z",
  "m6 9.5 6 6 6-6",
];

export function createLauncher(onClick: () => void): Launcher {
  const button = document.createElement("button");
  let texts: Readonly<Record<string, string>> = {};
  let open = false;

  function label(): void {
    const text = open ? (texts.close ?? "Close messenger") : (texts.open ?? "Open messenger");
    button.setAttribute("aria-label", text);
    button.setAttribute("aria-expanded", `${open}`);
  }

  button.type = "button";
  button.onclick = onClick;
  button.append(icon());
  label();

  return {
    button,
    setOpen: (value) => {
      open = value;
      label();
    },
    setTexts: (value) => {
      texts = value;
      label();
    },
  };
}

function icon(): Element {
  const svg = element("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  svg.append(...paths.map((d) => element("path", { d })));
  return svg;
}

function element(name: string, attributes: Readonly<Record<string, string>>): Element {
  const created = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) created.setAttribute(attribute, value);
  return created;
}
