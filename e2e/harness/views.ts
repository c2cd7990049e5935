/** Views of the messenger that take some doing to get at, each as a customer gets there; for looking at, in all themes. */

import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { pdf, picture } from "../../server/attachment/testing/files.ts";
import { acmeConfig, contactJwt } from "./acme.ts";
import { adminToken, startCompanion } from "./companion.ts";
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

const pageOf = (context: BrowserContext): Page => {
  const [page] = context.pages();
  if (!page) throw new Error("The page is gone.");
  return page;
};

interface Chosen {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const photo = async (name: string): Promise<Chosen> => ({
  name,
  mimeType: "image/jpeg",
  buffer: await picture("jpeg", { width: 640, height: 420 }),
});
const invoice: Chosen = { name: "invoice-2026-11-04711.pdf", mimeType: "application/pdf", buffer: pdf };
const program: Chosen = {
  name: "setup.exe",
  mimeType: "application/octet-stream",
  buffer: Buffer.from("MZ of no use"),
};

async function choose(view: MessengerView, files: readonly Chosen[]): Promise<void> {
  await view.frame.getByRole("button", { name: "Attach files" }).waitFor();
  await view.frame.locator("input[type=file]").setInputFiles([...files]);
}

/** Ada's conversation, with a picture, a document and an answer, at the desk. */
async function deskWithFiles(parts: ViewParts): Promise<Page> {
  const view = await asAda({ ...parts, context: await parts.browser.newContext(parts.options) });
  await choose(view, [await photo("tent.jpg"), invoice]);
  await view.composer.fill("The zip of my Ridge 2 is broken. Is this covered?");
  await view.frame.locator('button[aria-label="Send"]:enabled').waitFor();
  await view.composer.press("Enter");
  await view.log.locator('[data-status="sent"]').last().waitFor();
  const desk = await parts.context.newPage();
  await desk.goto(`${parts.demo.companion.url}/console/#token=${adminToken}`);
  await desk.getByRole("button", { name: /Ada/ }).first().click();
  await desk.getByRole("log", { name: "Conversation" }).getByRole("img").first().waitFor();
  await desk.getByRole("textbox", { name: "Reply" }).fill("It is, Ada: a new one is on its way.");
  await desk.getByRole("textbox", { name: "Reply" }).press("Enter");
  await view.messages.filter({ hasText: "a new one is on its way" }).last().waitFor();
  return desk;
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
    return pageOf(parts.context);
  },

  "signed-out": async (parts) => {
    await asAda(parts);
    const page = pageOf(parts.context);
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

  "files-chosen": async (parts) => {
    const view = await asAda(parts);
    await choose(view, [await photo("tent.jpg"), invoice, program]);
    await view.composer.fill("The zip of my Ridge 2 is broken.");
    await view.frame.locator('button[aria-label="Send"]:enabled').waitFor();
    return pageOf(parts.context);
  },

  files: async (parts) => {
    const desk = await deskWithFiles(parts);
    await desk.close();
    const view = await asAda(parts);
    await view.messages.filter({ hasText: "a new one is on its way" }).last().waitFor();
    await view.log.getByRole("img").first().waitFor();
    return pageOf(parts.context);
  },

  "desk-files": deskWithFiles,

  "desk-closed": async (parts) => {
    const desk = await deskWithFiles(parts);
    await desk.getByRole("button", { name: "Close conversation" }).click();
    await desk.getByRole("button", { name: "Reopen conversation" }).waitFor();
    return desk;
  },

  closed: async (parts) => {
    const desk = await deskWithFiles(parts);
    await desk.getByRole("button", { name: "Close conversation" }).click();
    await desk.getByRole("button", { name: "Reopen conversation" }).waitFor();
    await desk.close();
    const view = await asAda(parts);
    await view.messages.filter({ hasText: "a new one is on its way" }).last().waitFor();
    return pageOf(parts.context);
  },

  offline: async (parts) => {
    const view = await asAda(parts);
    await view.send("Is the Ridge 2 back in green?");
    await view.log.locator('[data-status="sent"]').first().waitFor();
    await parts.context.setOffline(true);
    await view.frame.getByText("You are offline").first().waitFor();
    await view.send("I can come by on Saturday.");
    await view.send("Or on Monday, after five.");
    await view.log.getByText("Waiting for the network").first().waitFor();
    return pageOf(parts.context);
  },

  refused: async (parts) => {
    await parts.context.routeWebSocket(/\/socket$/, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((data) => {
        const { t, id } = JSON.parse(String(data));
        if (t !== "send") server.send(data);
        else socket.send(JSON.stringify({ t: "refused", id, code: "forbidden", detail: "Not now." }));
      });
    });
    const view = await asAda(parts);
    await view.send("Is the Ridge 2 back in green?");
    await view.log.locator('[data-status="failed"]').waitFor();
    return pageOf(parts.context);
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
