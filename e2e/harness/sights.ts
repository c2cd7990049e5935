/** Everything that messengers ever show, recorded as it changes: also what was there for one frame of the screen only. */

import type { BrowserContext, Frame, Page } from "playwright-core";

export interface Sight {
  readonly page: Page;
  /** Milliseconds since 1970, by the clock of the tests. */
  readonly at: number;
  /** The name after “Signed in as”; null: a visitor, or nobody. */
  readonly holder: string | null;
  /** All of the messenger: what stands in it, and what stands in its fields. */
  readonly text: string;
}

/** Words that tell whose they are. */
export const words = (name: string, what: number | string): string => `«${name}» writes ${what}`;

/** Whose words the text holds. */
export const writersIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/«(\w+)» writes/g)].map(([, name = ""]) => name)),
];

/** Those that show somebody’s words under another’s name, or under nobody’s. A visitor’s are anybody’s who is here. */
export const mixedUp = (sights: readonly Sight[]): readonly string[] =>
  sights
    .filter(({ holder, text }) => writersIn(text).some((name) => name !== holder && name !== "Visitor"))
    .map(({ holder, text }) => `${holder ?? "nobody"} sees: ${text}`);

/** Call before the first page is opened: records each change of each messenger’s document, and each frame of the screen. */
export async function recordSights(context: BrowserContext): Promise<readonly Sight[]> {
  const sights: Sight[] = [];
  await context.exposeBinding("sightOfTest", ({ page }, holder: string | null, text: string) => {
    sights.push({ page, at: Date.now(), holder, text });
  });
  await context.addInitScript(() => {
    if (window.name !== "vouch-messenger") return;
    const tell = (globalThis as unknown as { sightOfTest(holder: string | null, text: string): void })
      .sightOfTest;
    let last = "";
    const look = (): void => {
      const name = document.querySelector("header .name")?.textContent ?? null;
      const fields = [...document.querySelectorAll("textarea")].map(({ value }) => value);
      const copies = [...document.querySelectorAll("[data-text]")].map((element) =>
        element.getAttribute("data-text"),
      );
      const text = [document.getElementById("messenger")?.textContent, ...fields, ...copies].join(" ");
      if (`${name} ${text}` === last) return;
      last = `${name} ${text}`;
      tell(name?.replace("Signed in as ", "") ?? null, text);
    };
    const eachFrame = (): void => {
      look();
      requestAnimationFrame(eachFrame);
    };
    new MutationObserver(look).observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    eachFrame();
  });
  return sights;
}

/**
 * Writes as somebody at the keyboard would, in one turn of the event loop: under the name that stands above the field now.
 * @returns what was written; null where there is no field to write in
 */
export async function writeAsShown(frame: Frame, what: number | string): Promise<string | null> {
  const written = await frame.evaluate((what) => {
    const field = document.querySelector("textarea");
    if (!field) return null;
    const name = document.querySelector("header .name")?.textContent?.replace("Signed in as ", "");
    const text = `«${name ?? "Visitor"}» writes ${what}`;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    return text;
  }, what);
  return written;
}
