/** The browser’s page cache: a page that was left is frozen, with all that it showed, and comes back as it was. */

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ifLate } from "../.ci/if-late.ts";
import { contactJwt } from "./harness/acme.ts";
import { launchBrowser } from "./harness/browser.ts";
import { person, tokenOf } from "./harness/scene.ts";
import { openSession } from "./harness/session.ts";
import { words } from "./harness/sights.ts";
import { api, describeInBrowser, eventOf, hostPage, messengerOn } from "./harness/stage.ts";
import { answer } from "./harness/witness.ts";

const reporter = `<script>addEventListener("pageshow", ({ persisted }) => { window.cameBack = persisted; });</script>`;

describeInBrowser("a page from the browser’s page cache", (stage) => {
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    browser = await launchBrowser({ pageCache: true });
    context = await browser.newContext();
  });
  afterAll(() => browser?.close());

  test("goes on with its session: what the agent writes arrives", async () => {
    const ada = person("ada");
    const page = await writeAndLeave(ada);
    await comeBack(page);
    await answer(stage(), ada.name, "Welcome back.");
    await expect.poll(() => allText(page)).toContain("Welcome back.");
    await page.close();
  });

  // Within a second: a busy machine may be late once.
  test("shows nothing of who was logged out everywhere meanwhile", { retry: ifLate }, async () => {
    const ada = person("ada");
    const page = await writeAndLeave(ada);
    const device = await openSession(stage().companion.url, ada.identity);
    await api(stage(), "/session?everywhere=true", { method: "DELETE", token: device.sessionToken });
    await comeBack(page);
    const cameBackAt = Date.now();
    await eventOf(page, "loggedOut");
    expect(Date.now() - cameBackAt).toBeLessThan(1000);
    await expect.poll(() => allText(page)).not.toContain(ada.name);
    await page.close();
  });

  test("shows nothing of the former where the page names another customer now", async () => {
    const [ada, bob] = [person("ada"), person("bob")];
    let who = ada.identity;
    const page = await writeAndLeave(ada, (page) =>
      page.exposeFunction("tokenOfTest", () => contactJwt(who)),
    );
    who = bob.identity;
    await comeBack(page);
    await expect.poll(() => allText(page)).toContain(`Signed in as ${bob.name}`);
    expect(await allText(page)).not.toContain(ada.name);
    await page.close();
  });

  /** @param ask where the page asks for its tokens */
  async function writeAndLeave(
    who: ReturnType<typeof person>,
    ask?: (page: Page) => Promise<unknown>,
  ): Promise<Page> {
    const page = await context.newPage();
    await ask?.(page);
    const plugin = `<script>Messenger.registerPlugin("AuthProvider", { getToken: async () => ({ contactJwt: await window.tokenOfTest() }) });</script>`;
    const token = ask ? {} : { contactJwt: await tokenOf(who) };
    const url = hostPage(stage(), `/${who.identity}`, { ...token, after: reporter + (ask ? plugin : "") });
    await page.goto(url);
    const view = messengerOn(page);
    await view.open();
    await view.send(words(who.name, 1));
    await view.log.locator('[data-status="sent"]').waitFor();
    expect(await allText(page)).toContain(words(who.name, 1));
    await page.goto(hostPage(stage(), "/meanwhile"));
    return page;
  }
});

/** As the button of the browser does; Playwright’s own `goBack` waits for a navigation that never comes. */
async function comeBack(page: Page): Promise<void> {
  await page.evaluate(() => void setTimeout(() => history.back()));
  await expect
    .poll(() => page.evaluate(() => (globalThis as { cameBack?: boolean }).cameBack).catch(() => null))
    .toBe(true);
}

/** Of the page, and of its frames. */
async function allText(page: Page): Promise<string> {
  const cdp = await page.context().newCDPSession(page);
  const { root } = await cdp.send("DOM.getDocument", { depth: -1, pierce: true });
  await cdp.detach();
  return JSON.stringify(root, (key, value) =>
    key === "nodeValue" || typeof value === "object" ? value : undefined,
  );
}
