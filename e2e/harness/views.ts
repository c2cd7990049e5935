/** Views of the messenger that take some doing to get at, each as a customer gets there; for looking at, in all themes. */

import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { acmeConfig, contactJwt } from "./acme.ts";
import { startCompanion } from "./companion.ts";
import type { Demo } from "./demo.ts";
import { startHostSite } from "./host-site.ts";
import { eventOf, hostPage, type MessengerView, messengerOn, type Stage } from "./stage.ts";

export interface ViewParts {
  readonly demo: Demo;
  readonly browser: Browser;
  readonly context: BrowserContext;
  /** Of a second browser, where one is needed. */
  readonly options: BrowserContextOptions;
}

/** @returns the page to be photographed */
type Approach = (parts: ViewParts) => Promise<Page>;

async function visitor({ demo, context }: ViewParts): Promise<{ page: Page; view: MessengerView }> {
  const page = await context.newPage();
  await page.goto(`${demo.shop.url}/try/openid-connect`);
  const view = messengerOn(page);
  await view.open();
  await view.send("Do you have the Ridge 2 in green?");
  await view.log.locator('[data-status="sent"]').waitFor();
  return { page, view };
}

async function signIn(view: MessengerView, choice?: "Continue"): Promise<void> {
  await view.frame.getByRole("button", { name: "Sign in" }).click();
  const question = view.frame.getByRole("alertdialog");
  await question.waitFor();
  if (choice) await question.getByRole("button", { name: choice }).click();
}

/** The companion's last page, without a messenger that would close it. */
const signInPage =
  (button: string | RegExp): Approach =>
  async ({ demo, context }) => {
    const page = await context.newPage();
    await page.goto(`${demo.companion.url}/oidc/sign-in/acme-sso`);
    await page.getByRole("button", { name: button }).click();
    await page.getByRole("button", { name: "Close this window" }).waitFor();
    await page.locator("#unanswered").waitFor(button === "Not now" ? { state: "attached" } : {});
    return page;
  };

async function asAda({ demo, context }: Pick<ViewParts, "demo" | "context">): Promise<MessengerView> {
  const page = await context.newPage();
  await page.goto(`${demo.shop.url}/sign-in`);
  await page.getByRole("button", { name: /Ada/ }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  await page.goto(demo.shop.url);
  const view = messengerOn(page);
  await view.open();
  await view.frame.getByText("Signed in as").waitFor();
  return view;
}

async function signedOutOfProvider({ demo, context }: ViewParts): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${demo.providerUrl}/session/end`);
  await page.getByRole("heading", { name: "Sign out" }).waitFor();
  return page;
}

export const views: Readonly<Record<string, Approach>> = {
  "provider-sign-in": async (parts) => {
    const { page, view } = await visitor(parts);
    const popup = page.waitForEvent("popup");
    await signIn(view, "Continue");
    return popup;
  },

  "step-up-question": async (parts) => {
    const { page, view } = await visitor(parts);
    await view.composer.fill("Or in blue?");
    await signIn(view);
    return page;
  },

  "sign-in-blocked": async (parts) => {
    await parts.context.addInitScript(() => {
      window.open = () => null;
    });
    const { page, view } = await visitor(parts);
    await signIn(view, "Continue");
    await view.frame.getByRole("alertdialog", { name: /blocked/ }).waitFor();
    return page;
  },

  "companion-signed-in": signInPage(/Ada/),
  "companion-failed": signInPage("Not now"),

  sessions: async (parts) => {
    const others = [
      await parts.browser.newContext(parts.options),
      await parts.browser.newContext(parts.options),
    ];
    for (const context of others) await asAda({ ...parts, context });
    const view = await asAda(parts);
    await view.frame.getByRole("button", { name: "Where you are signed in" }).click();
    await view.frame.getByRole("listitem").first().waitFor();
    await Promise.all(others.map((context) => context.close()));
    const [page] = parts.context.pages();
    if (!page) throw new Error("The page is gone.");
    return page;
  },

  "signed-out": async (parts) => {
    await asAda(parts);
    const [page] = parts.context.pages();
    if (!page) throw new Error("The page is gone.");
    await page.evaluate(() => window.Messenger.logout());
    return page;
  },

  "provider-sign-out": async (parts) => {
    await signInPage(/Ada/)(parts);
    return signedOutOfProvider(parts);
  },

  "provider-signed-out": async (parts) => {
    await signInPage(/Ada/)(parts);
    const page = await signedOutOfProvider(parts);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    return page;
  },

  "provider-trouble": async ({ demo, context }) => {
    const page = await context.newPage();
    await page.goto(`${demo.providerUrl}/auth?client_id=nobody`);
    return page;
  },

  expired: async ({ browser, context }) => {
    const session = { idleSeconds: 3, absoluteSeconds: 3, anonymousSeconds: 3 };
    const config = acmeConfig({ community: { session, clockSkewSeconds: 0 } });
    const companion = await startCompanion({ config, env: { HOST: "localhost" } });
    const site = await startHostSite();
    const stage: Stage = { companion, site, browser };
    const page = await context.newPage();
    page.once("close", () => void Promise.all([companion.stop(), site.close()]));
    await page.goto(hostPage(stage, "/", { contactJwt: await contactJwt("ada", { expiresInSeconds: 3 }) }));
    const view = messengerOn(page);
    await view.open();
    await view.send("Is my order on its way?");
    await view.log.locator('[data-status="sent"]').waitFor();
    await eventOf(page, "tokenExpired");
    await view.send("It is number 4711.");
    return page;
  },
};
