/** What the browser is asked to fetch, and when. The bytes of each file stand in `.ci/budgets.ts`. */

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
    expect(requests.some((url) => url.endsWith("/api/v1/socket"))).toBe(true);
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
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    const received = new Map<string, number>();
    const kinds = new Map<string, string>();
    page.on("response", async (response) => {
      const url = new URL(response.url());
      if (url.origin !== stage().companion.url || url.pathname.startsWith("/api/")) return;
      const sizes = await response.request().sizes();
      received.set(url.pathname, sizes.responseBodySize);
      kinds.set(url.pathname, (await response.allHeaders())["content-encoding"] ?? "none");
    });
    await page.goto(hostPage(stage(), "/bytes", { contactJwt: await contactJwt("bytes") }));
    await messengerOn(page).open();
    await expect.poll(() => received.size).toBeGreaterThanOrEqual(4);
    const total = [...received.values()].reduce((sum, size) => sum + size, 0);
    expect(total, JSON.stringify([...received])).toBeLessThanOrEqual(30_000);
    for (const [path, encoding] of kinds) expect(encoding, path).toMatch(/^(br|gzip)$/);
    await context.close();
  });
});
