/** What the browser is asked to fetch, and when. The bytes of each file stand in `.ci/budgets.ts`. */

import type { Response } from "playwright-core";
import { expect, test } from "vitest";
import { contactJwt } from "./harness/acme.ts";
import { describeInBrowser, hostPage, messengerOn } from "./harness/stage.ts";

describeInBrowser("weight", (stage) => {
  test("a visitor's page fetches the loader and nothing else until the first click", async () => {
    const context = await stage().browser.newContext();
    const page = await context.newPage();
    const requests: string[] = [];
    page.on(
      "request",
      (request) =>
        request.url().startsWith(stage().companion.url) && requests.push(new URL(request.url()).pathname),
    );
    page.on("websocket", (socket) => requests.push(socket.url()));
    await page.goto(hostPage(stage(), "/visitor", { deploymentId: "acme-lobby" }), {
      waitUntil: "networkidle",
    });
    const view = messengerOn(page);
    await view.launcher.hover();
    await view.launcher.focus();
    expect(requests).toEqual(["/messenger.js"]);

    await view.open();
    expect(requests).toContain("/embed/acme-lobby");
    await expect.poll(() => requests.some((url) => url.endsWith("/api/v1/socket"))).toBe(true);
    await context.close();
  });

  test("a signed-in customer's page loads the engine, but the interface only on the first open", async () => {
    const context = await stage().browser.newContext();
    const page = await context.newPage();
    const scripts: string[] = [];
    page.on("request", (request) => /\/assets\/.*\.js$/.test(request.url()) && scripts.push(request.url()));
    const opened = page.waitForResponse((response) => response.url().endsWith("/api/v1/sessions"));
    await page.goto(hostPage(stage(), "/customer", { contactJwt: await contactJwt("light") }));
    await opened;
    const before = scripts.length;
    await messengerOn(page).open();
    expect(before).toBeGreaterThan(0);
    expect(scripts.length).toBeGreaterThan(before);
    await context.close();
  });

  test("until a conversation is open, at most 30 KB compressed have been sent", async () => {
    const context = await stage().browser.newContext();
    const page = await context.newPage();
    const files = new Map<string, Promise<{ bytes: number; encoding: string }>>();
    page.on("response", (response) => {
      const { origin, pathname } = new URL(response.url());
      if (origin !== stage().companion.url || pathname.startsWith("/api/")) return;
      // Nobody waits for these, so that they may or may not be here yet; `.ci/budgets.ts` weighs each by itself.
      if (/^\/assets\/(attachments|attention|beside|companies)-/.test(pathname)) return;
      files.set(pathname, weigh(response));
    });
    await page.goto(hostPage(stage(), "/bytes", { contactJwt: await contactJwt("bytes") }));
    await messengerOn(page).open();
    const sent = await Promise.all([...files].map(async ([path, weight]) => ({ path, ...(await weight) })));
    expect(sent.map(({ path }) => path)).toContain("/embed/acme-web");
    for (const { path, encoding } of sent.filter(({ path }) => path.endsWith(".js")))
      expect(encoding, path).toMatch(/^(br|gzip)$/);
    const total = sent.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(total, JSON.stringify(sent)).toBeLessThanOrEqual(30_000);
    await context.close();
  });
});

/** The body as it was sent. What gzip -9 makes of the scripts is checked by `.ci/budgets.ts`. */
async function weigh(response: Response): Promise<{ bytes: number; encoding: string }> {
  const { "content-encoding": encoding = "none" } = await response.allHeaders();
  const { responseBodySize } = await response.request().sizes();
  return { bytes: responseBodySize, encoding };
}
