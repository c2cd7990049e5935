/** After a logout nothing of the customer is left in the browser: not stored, not shown, not in memory. */

import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";
import { contactJwt } from "./harness/acme.ts";
import { stringsReachable } from "./harness/heap.ts";
import { keptBy, keptByNobody } from "./harness/kept.ts";
import { login, logout, person, setScene } from "./harness/scene.ts";
import { describeInBrowser, eventOf, hostPage } from "./harness/stage.ts";

/** All documents of the tab, frames and shadow trees with them: nodes, attributes, addresses, values of fields. */
async function documentsOf(page: Page): Promise<string> {
  const cdp = await page.context().newCDPSession(page);
  const { root } = await cdp.send("DOM.getDocument", { depth: -1, pierce: true });
  await cdp.detach();
  const values = await Promise.all(
    page
      .frames()
      .map((frame) =>
        frame
          .locator("textarea, input")
          .evaluateAll((all) => all.map((field) => (field as HTMLInputElement).value)),
      ),
  );
  return JSON.stringify([root, values]);
}

/** A tab of the frame's origin that writes down whatever is said on the channels between tabs. */
async function eavesdrop(context: BrowserContext, origin: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${origin}/problems/not_found`);
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    for (const name of ["vouch:logout", "vouch:sign-in", "vouch:tabs"])
      new BroadcastChannel(name).onmessage = ({ data }) => heard.push(JSON.stringify(data));
  });
  return page;
}

const heardBy = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);

describeInBrowser(
  "after a logout",
  (stage) => {
    test("no storage of either origin, no document and no channel has a trace", async () => {
      const zoe = person("zoe");
      const token = await contactJwt(zoe.identity);
      const scene = await setScene(stage());
      const spy = await eavesdrop(scene.context, stage().companion.url);
      await login(scene.page, token);
      await scene.view.open();
      await scene.view.send("The secret of the brass lantern.");
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      await scene.context.setOffline(true);
      await scene.view.frame.getByText("You are offline").first().waitFor();
      await scene.view.send("What waits about the brass lantern.");
      await scene.view.log.locator('[data-status="sending"]').waitFor();
      await scene.context.setOffline(false);
      await scene.view.composer.fill("A draft about the brass lantern");
      const secrets = [...scene.sessionTokens, token, "brass lantern", zoe.name, zoe.identity];
      const before = await documentsOf(scene.page);
      expect(before).toContain("brass lantern");
      await logout(scene.page);
      await scene.view.frame.getByText("You are signed out").waitFor();

      const frame = scene.page.frame("vouch-messenger");
      if (!frame) throw new Error("There is no frame.");
      expect(await keptBy(scene.page)).toBe(keptByNobody(""));
      // A database that is being written goes a moment after the word to delete it.
      await expect.poll(() => keptBy(frame), { timeout: 1000 }).toBe(keptByNobody("vouch-messenger"));
      expect(await scene.context.cookies()).toEqual([]);
      const after = await documentsOf(scene.page);
      expect(secrets.filter((secret) => after.includes(secret))).toEqual([]);
      // Whom it was about and how far it came, and nothing of it.
      const heard = await heardBy(spy);
      const isHint = (line: string): boolean =>
        /^\{"owner":"acme-web:[\w-]{36}"(,"reached":\{"lastSeq":\d+,"readSeq":\d+\})?\}$/.test(line);
      expect(heard.filter(isHint).length).toBeGreaterThan(0);
      expect(heard.filter((line) => !isHint(line))).toEqual([
        expect.stringMatching(/^\{"contactId":"[\w-]{36}","at":\d+\}$/),
      ]);
      await scene.end();
    });

    test("nothing that scripts can reach holds messages, name or tokens", async () => {
      const zoe = person("zoe");
      const context = await stage().browser.newContext();
      const page = await context.newPage();
      const sessionTokens: string[] = [];
      page.on("response", async (response) => {
        if (response.request().method() === "POST" && response.url().endsWith("/sessions"))
          sessionTokens.push((await response.json()).sessionToken);
      });
      await page.goto(hostPage(stage(), "/kept-in-memory"));
      const token = await contactJwt(zoe.identity);
      // As a page does that keeps nothing itself.
      await page.evaluate((contactJwt) => window.Messenger.login({ contactJwt }).then(() => {}), token);
      await page.evaluate(() => window.Messenger.open());
      const frame = page.frameLocator('iframe[name="vouch-messenger"]');
      const composer = frame.getByRole("textbox", { name: "Message" });
      await composer.pressSequentially("The secret of the copper kettle");
      await composer.press("Enter");
      await frame.locator('[data-status="sent"]').waitFor();
      await composer.pressSequentially("A draft of the tin whistle");
      const secrets = [...sessionTokens, token, "copper kettle", "tin whistle", zoe.name, zoe.identity];
      expect(secrets).toHaveLength(6);
      const before = await stringsReachable(page, secrets);
      expect(Object.keys(before)).toEqual(expect.arrayContaining([...sessionTokens, "copper kettle"]));
      await page.evaluate(() => window.Messenger.logout());
      await eventOf(page, "loggedOut");
      await frame.getByText("You are signed out").waitFor();
      // What the page of the test has heard itself.
      await page.evaluate(() =>
        (globalThis as unknown as { seen: { events: unknown[] } }).seen.events.splice(0),
      );
      // What was on its way is let go of once it has come to its end.
      await expect.poll(() => stringsReachable(page, secrets), { timeout: 20_000 }).toEqual({});
      await context.close();
    });
  },
  { limits: { sessionRequestsPerMinute: 10_000 } },
);
