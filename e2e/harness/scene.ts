/** One browser on one host page, watched: the stage of a test about who is signed in. */

import type { BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import { contactJwt } from "./acme.ts";
import { mixedUp, recordSights, type Sight, writersIn } from "./sights.ts";
import { type HostPageOptions, hostPage, type MessengerView, messengerOn, type Stage } from "./stage.ts";
import { collectSessionTokens } from "./witness.ts";

export interface Scene {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly view: MessengerView;
  readonly url: string;
  readonly sights: readonly Sight[];
  /** Every session token that this browser was given. */
  readonly sessionTokens: ReadonlySet<string>;
  /** Another tab of the same browser, on the same page. */
  tab(): Promise<{ readonly page: Page; readonly view: MessengerView }>;
  /** Nobody was ever shown another’s words. Closes the browser. */
  end(): Promise<void>;
}

let scenes = 0;

export async function setScene(stage: Stage, options: HostPageOptions = {}): Promise<Scene> {
  const context = await stage.browser.newContext();
  // Sooner than the test is over: then it can say what it waited for.
  context.setDefaultTimeout(20_000);
  const sights = await recordSights(context);
  const sessionTokens = collectSessionTokens(context);
  const url = hostPage(stage, `/scene-${++scenes}`, options);
  const tab = async () => {
    const page = await context.newPage();
    await page.goto(url);
    return { page, view: writingAsShown(messengerOn(page)) };
  };
  const first = await tab();
  return {
    ...first,
    context,
    url,
    sights,
    sessionTokens,
    tab,
    end: async () => {
      expect(sights.length).toBeGreaterThan(0);
      expect(mixedUp(sights)).toEqual([]);
      await context.close();
    },
  };
}

/** A field stands there before anybody knows whose it is: words that tell their writer wait for the name above them. */
const writingAsShown = (view: MessengerView): MessengerView => ({
  ...view,
  send: async (text) => {
    for (const name of writersIn(text).filter((name) => name !== "Visitor"))
      await view.frame.getByText(`Signed in as ${name}`).waitFor();
    await view.send(text);
  },
});

/** @returns the name of who is signed in then; where nobody is, the code of the refusal */
export const login = (page: Page, token: string): Promise<string> =>
  page.evaluate(
    (contactJwt) =>
      window.Messenger.login({ contactJwt }).then(
        ({ contact }) => contact.name ?? "",
        ({ code }) => code,
      ),
    token,
  );

export const logout = (page: Page): Promise<void> => page.evaluate(() => window.Messenger.logout());

/** Somebody whom no other test knows. */
export function person(first: string): { readonly name: string; readonly identity: string } {
  const identity = `${first}${++people}`;
  return { identity, name: identity.charAt(0).toUpperCase() + identity.slice(1) };
}

let people = 0;

export const tokenOf = ({ identity }: { readonly identity: string }): Promise<string> => contactJwt(identity);
