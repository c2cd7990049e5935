/** The shop that people try first: every page does what it says, in light and dark, without a finding of axe. */

import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser } from "./harness/browser.ts";
import { type Demo, startDemo } from "./harness/demo.ts";
import { messengerOn } from "./harness/stage.ts";

const signedInPages = [
  "contact-jwt",
  "shared-token",
  "platform-jwt",
  "get-token",
  "navigation",
  "strict-csp",
  "hostile-css",
];
const refusals = [
  ["expired", "token_expired"],
  ["wrong-key", "signature_invalid"],
  ["tampered", "signature_invalid"],
  ["placeholder", "placeholder_not_replaced"],
] as const;

const runnable = chromiumPath !== undefined || process.env.CI !== undefined;

describe.skipIf(!runnable)(`the demo${runnable ? "" : " (skipped: no Chromium)"}`, () => {
  let demo: Demo;
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let texts = 0;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemo(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  test.each(signedInPages)("/try/%s signs Ada in and carries a message", async (name) => {
    const { context, page } = await asAda();
    await page.goto(`${demo.shop.url}/try/${name}`);
    await reported(page, "authenticated");
    const view = messengerOn(page);
    await view.open();
    const text = `Written on ${name}, ${++texts}.`;
    await view.send(text);
    await view.message(text);
    await context.close();
  });

  test("a visitor can write without signing in", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${demo.shop.url}/try/visitors`);
    const view = messengerOn(page);
    await view.open();
    await view.send("Just looking.");
    await view.message("Just looking.");
    await context.close();
  });

  test.each(refusals)("the switch “%s” shows %s on the page", async (state, code) => {
    const { context, page } = await asAda();
    await page.goto(`${demo.shop.url}/try/contact-jwt?token=${state}`);
    expect(await reported(page, "authError")).toMatchObject({ code });
    await page.getByText(code).first().waitFor();
    await context.close();
  });

  test.each(["light", "dark"] as const)("axe finds nothing on its pages (%s)", async (colorScheme) => {
    const { context, page } = await asAda({ colorScheme });
    for (const path of ["/", "/sign-in", "/try", "/try/contact-jwt", "/try/strict-csp"]) {
      await page.goto(`${demo.shop.url}${path}`);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(
        violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${path} ${id}: ${html}`)),
      ).toEqual([]);
    }
    await context.close();
  });

  async function asAda(
    options: Parameters<typeof browser.newContext>[0] = {},
  ): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(`${demo.shop.url}/sign-in`);
    await page.getByRole("button", { name: /Ada/ }).click();
    await page.waitForURL((url) => url.pathname !== "/sign-in");
    return { context, page };
  }
});

/** Waits for an event in the page's own record, and answers with its detail. */
async function reported(page: Page, name: string): Promise<unknown> {
  const handle = await page.waitForFunction(
    (wanted) =>
      (globalThis as unknown as { reported: { name: string; detail: unknown }[] }).reported.find(
        (event) => event.name === wanted,
      ),
    name,
  );
  return ((await handle.jsonValue()) as { detail: unknown }).detail;
}
