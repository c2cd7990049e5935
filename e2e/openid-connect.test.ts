/** Signing in by OpenID Connect, as the demo does it: by the messenger's own window, and by the page's codes. */

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ifLate } from "../.ci/if-late.ts";
import type { AgentConversationPage } from "../shared/protocol.ts";
import { chromiumPath, launchBrowser } from "./harness/browser.ts";
import { type Demo, startDemo } from "./harness/demo.ts";
import { api, messengerOn } from "./harness/stage.ts";

const runnable = chromiumPath !== undefined || process.env.CI !== undefined;
/** Renewed at 80 % of it: four seconds are left for a machine that has other things to do. */
const absoluteSeconds = 20;

describe.skipIf(!runnable)(`OpenID Connect${runnable ? "" : " (skipped: no Chromium)"}`, () => {
  let demo: Demo;
  let browser: Browser;
  let context: BrowserContext;
  let texts = 0;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemo(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  /** A browser of its own, on a page of the demo; the panel is open. */
  async function visit(slug: string, at = demo): Promise<Page> {
    context = await browser.newContext();
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    await page.goto(`${at.shop.url}/try/${slug}`);
    await messengerOn(page).open();
    return page;
  }

  /** What no other test has written. */
  async function writeAsVisitor(page: Page): Promise<string> {
    const text = `Written as a visitor, ${++texts}.`;
    const view = messengerOn(page);
    await view.send(text);
    await view.log.locator('[data-status="sent"]').filter({ hasText: text }).waitFor();
    return text;
  }

  /** @param choice a visitor who has written is asked first what becomes of it */
  async function openWindow(page: Page, choice?: "Continue" | "Start fresh"): Promise<Page> {
    const { frame } = messengerOn(page);
    const popup = page.waitForEvent("popup");
    await frame.getByRole("button", { name: "Sign in" }).click();
    if (choice) await frame.getByRole("alertdialog").getByRole("button", { name: choice }).click();
    return popup;
  }

  async function signIn(
    page: Page,
    customer: "Ada" | "Bob",
    choice?: "Continue" | "Start fresh",
  ): Promise<void> {
    const popup = await openWindow(page, choice);
    const closed = popup.waitForEvent("close");
    await popup.getByRole("button", { name: new RegExp(customer) }).click();
    await closed;
  }

  const signedInAs = (page: Page, customer: string): Promise<void> =>
    messengerOn(page).frame.getByText(`Signed in as ${customer}`).waitFor();

  async function conversationWith(text: string, at = demo) {
    const stage = { companion: at.companion } as Parameters<typeof api>[0];
    const page = (await (await api(stage, "/agent/conversations")).json()) as AgentConversationPage;
    return page.conversations.find(({ lastMessage }) => lastMessage?.text === text);
  }

  describe("by the messenger's own window", () => {
    test("Continue: the same conversation is the customer's, and the agent sees who it is", async () => {
      const page = await visit("openid-connect");
      const text = await writeAsVisitor(page);
      const before = await conversationWith(text);
      expect(before?.contact.verified).toBe(false);
      await signIn(page, "Ada", "Continue");
      const view = messengerOn(page);
      await signedInAs(page, "Ada Lindqvist");
      await view.message(text);
      await view.send("And now I am signed in.");
      await view.message("And now I am signed in.");
      await expect.poll(async () => (await conversationWith("And now I am signed in."))?.id).toBe(before?.id);
      const after = await conversationWith("And now I am signed in.");
      expect(after?.contact).toMatchObject({
        name: "Ada Lindqvist",
        verified: true,
        platformKey: "v1/acme-sso/AUTH/acme-id/uid:ada",
        fields: { email: { value: "ada@lindqvist.example", source: "token" } },
      });
      await context.close();
    });

    test("Start fresh: nothing comes along", async () => {
      const page = await visit("openid-connect");
      const text = await writeAsVisitor(page);
      await signIn(page, "Bob", "Start fresh");
      const view = messengerOn(page);
      await signedInAs(page, "Bob Okafor");
      expect(await view.messages.filter({ hasText: text }).count()).toBe(0);
      expect((await conversationWith(text))?.contact.verified).toBe(false);
      await context.close();
    });

    test("a window that is closed changes nothing, and the next one signs in", async () => {
      const page = await visit("openid-connect");
      const text = await writeAsVisitor(page);
      await (await openWindow(page, "Start fresh")).close();
      const view = messengerOn(page);
      await view.message(text);
      await writeAsVisitor(page);
      await signIn(page, "Bob", "Start fresh");
      await signedInAs(page, "Bob Okafor");
      await context.close();
    });

    test("“Not now” at the provider: said once, and the visitor goes on", async () => {
      const page = await visit("openid-connect");
      const text = await writeAsVisitor(page);
      const popup = await openWindow(page, "Continue");
      const closed = popup.waitForEvent("close");
      await popup.getByRole("button", { name: "Not now" }).click();
      await closed;
      const view = messengerOn(page);
      const remark = view.frame.getByRole("alertdialog", { name: /could not be signed in/ });
      await remark.getByRole("button", { name: "OK" }).click();
      await remark.waitFor({ state: "detached" });
      await view.message(text);
      await writeAsVisitor(page);
      await context.close();
    });

    test("a window that the browser blocks: said", async () => {
      context = await browser.newContext();
      await context.addInitScript(() => {
        window.open = () => null;
      });
      const page = await context.newPage();
      await page.goto(`${demo.shop.url}/try/openid-connect`);
      const view = messengerOn(page);
      await view.open();
      await view.frame.getByRole("button", { name: "Sign in" }).click();
      await view.frame.getByRole("alertdialog", { name: /was blocked/ }).waitFor();
      await context.close();
    });
  });

  describe("by the page's codes", () => {
    async function byRedirect(): Promise<Page> {
      const page = await visit("authorization-code");
      await messengerOn(page).frame.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("button", { name: /Ada/ }).click();
      await page.waitForURL(/\/try\/authorization-code/);
      await messengerOn(page).launcher.click();
      await signedInAs(page, "Ada Lindqvist");
      return page;
    }

    test("the redirect signs in, a reload and another tab do so silently, each with a code of its own", async () => {
      const page = await byRedirect();
      const codes: string[] = [];
      context.on("response", (response) => {
        if (response.url().endsWith("/oidc/code") && response.ok())
          response.json().then(({ authCode }) => codes.push(authCode));
      });
      await page.reload();
      await messengerOn(page).launcher.click();
      await signedInAs(page, "Ada Lindqvist");
      const other = await context.newPage();
      await other.goto(page.url());
      await messengerOn(other).launcher.click();
      await signedInAs(other, "Ada Lindqvist");
      const text = `From the other tab, ${++texts}.`;
      await messengerOn(other).send(text);
      await messengerOn(page).message(text);
      expect(codes).toHaveLength(2);
      expect(new Set(codes).size).toBe(2);
      expect(context.pages()).toHaveLength(2);
      await context.close();
    });

    // A busy machine may be late once.
    test("signing out at the provider signs out both tabs within a second", { retry: ifLate }, async () => {
      const page = await byRedirect();
      const other = await context.newPage();
      await other.goto(page.url());
      await messengerOn(other).launcher.click();
      await signedInAs(other, "Ada Lindqvist");
      const provider = await context.newPage();
      await provider.goto(`${demo.providerUrl}/session/end`);
      const signOut = provider.getByRole("button", { name: "Sign out" });
      const done = provider.waitForResponse((response) => response.url().includes("/session/end/confirm"));
      await signOut.click();
      await done;
      const toldAt = Date.now();
      for (const tab of [page, other]) await messengerOn(tab).frame.getByText("You are signed out").waitFor();
      expect(Date.now() - toldAt).toBeLessThan(1000);
      for (const tab of [page, other]) expect(await messengerOn(tab).messages.count()).toBe(0);
      await context.close();
    });

    test("logout({ atProvider: true }) leads the page to the provider's own sign-out", async () => {
      const page = await byRedirect();
      await page.evaluate(() => void window.Messenger.logout({ atProvider: true }));
      await page.waitForURL((url) => url.origin === demo.providerUrl);
      await page.getByRole("heading", { name: "Sign out of Acme ID?" }).waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "You are signed out" }).waitFor();
      await context.close();
    });
  });

  test("a session about to expire is renewed by the refresh token alone; the page is not asked", {
    timeout: 90_000,
  }, async () => {
    const short = await startDemo({ session: { idleSeconds: absoluteSeconds, absoluteSeconds } });
    try {
      const page = await visit("openid-connect", short);
      const renewal = page.waitForRequest((request) => request.url().endsWith("/session/renew"), {
        timeout: 60_000,
      });
      await signIn(page, "Ada");
      await signedInAs(page, "Ada Lindqvist");
      const renewed = await renewal;
      expect(renewed.postDataJSON().identity ?? null).toBe(null);
      expect((await renewed.response())?.status()).toBe(200);
      const view = messengerOn(page);
      await view.send("Still me.");
      await view.message("Still me.");
      expect(context.pages()).toHaveLength(1);
      await context.close();
    } finally {
      await short.stop();
    }
  });
});
