/**
 * `npm run screenshots`: takes the README's pictures anew, from the demo as it runs. `npm run screenshots -- DIRECTORY [VIEW…]`: takes
 * every other view instead, or those named, in each theme and size, for looking at.
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchBrowser } from "./harness/browser.ts";
import { adminToken } from "./harness/companion.ts";
import { type Demo, startDemo } from "./harness/demo.ts";
import { messengerOn } from "./harness/stage.ts";
import { views } from "./harness/views.ts";

const directory = join(import.meta.dirname, "..", "docs", "screenshots");
const desktop = { viewport: { width: 1180, height: 760 } };
const phone = { viewport: { width: 390, height: 760 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

const [demo, browser] = await Promise.all([startDemo(), launchBrowser()]);
const [, , elsewhere, ...wanted] = process.argv;
await (elsewhere ? takeViews(elsewhere) : takeReadme());
await browser.close();
await demo.stop();

async function asAda(browser: Browser, demo: Demo, options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`${demo.shop.url}/sign-in`);
  await page.getByRole("button", { name: /Ada/ }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  await page.goto(demo.shop.url);
  return page;
}

async function takeReadme(): Promise<void> {
  const page = await asAda(browser, demo, desktop);
  const view = messengerOn(page);
  await view.open();
  await view.send("Hello! Does the **Ridge 2** fit two people and a dog?");
  await view.message("Does the");

  const desk = await (await browser.newContext({ ...desktop, colorScheme: "light" })).newPage();
  await desk.goto(`${demo.companion.url}/console/#token=${adminToken}`);
  await desk.getByText("Does the").first().click();
  const reply = desk.getByRole("textbox", { name: "Reply" });
  for (const text of [
    "Hello Ada, it does: there is room for the dog at the foot end.",
    "Shall I put one aside for you in Umeå?",
  ]) {
    await reply.fill(text);
    await reply.press("Enter");
    await view.message(text);
  }
  await view.send("Yes please, until Saturday.");
  await desk.getByRole("log").getByText("until Saturday").waitFor();
  await view.log.locator('[data-seq="4"][data-status="read"]').waitFor();
  await page.screenshot({ path: join(directory, "messenger.png") });
  await desk.screenshot({ path: join(directory, "desk.png") });

  const onPhone = await asAda(browser, demo, { ...phone, colorScheme: "dark" });
  await messengerOn(onPhone).open();
  await messengerOn(onPhone).message("until Saturday");
  await onPhone.screenshot({ path: join(directory, "phone-dark.png") });
}

async function takeViews(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const [light, dark] = ["light", "dark"] as const;
  const looks: readonly [string, BrowserContextOptions][] = [
    ["desktop-light", { ...desktop, colorScheme: light }],
    ["desktop-dark", { ...desktop, colorScheme: dark }],
    ["phone-light", { ...phone, colorScheme: light }],
    ["phone-dark", { ...phone, colorScheme: dark }],
  ];
  for (const [view, approach] of Object.entries(views).filter(
    ([view]) => wanted.length === 0 || wanted.includes(view),
  ))
    for (const [look, options] of looks) {
      const context = await browser.newContext(options);
      const page = await approach({ demo, browser, context, options });
      await page.screenshot({ path: join(directory, `${view}-${look}.png`), animations: "disabled" });
      await context.close();
    }
}
