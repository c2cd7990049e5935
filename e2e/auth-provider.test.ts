/** Pages that ask their own functions for tokens: under strict policies, over a bad network, in several tabs. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { contactJwt } from "./harness/acme.ts";
import {
  describeInBrowser,
  eventOf,
  hostPage,
  messengerOn,
  seenEvents,
  seenViolations,
} from "./harness/stage.ts";

/** Registers a plug-in whose `getToken` is the test's own. */
const plugin = `<script>
Messenger.registerPlugin("AuthProvider", { getToken: async ({ reason }) => window.tokenOfTest(reason) });
</script>`;

/** @returns the reasons for which the page was asked */
async function answerWith(page: Page, token: (reason: string) => Promise<string>): Promise<string[]> {
  const reasons: string[] = [];
  await page.exposeFunction("tokenOfTest", async (reason: string) => {
    reasons.push(reason);
    return { contactJwt: await token(reason) };
  });
  return reasons;
}

const isQuestions = (url: URL): boolean => url.pathname.startsWith("/assets/questions-");

describeInBrowser("a page with an AuthProvider", (stage) => {
  test("is asked under a strict CSP with nonces and Trusted Types, without a violation", async () => {
    const nonce = "bm9uY2UgZm9yIHRlc3Rz";
    const context = await stage().browser.newContext();
    const page = await context.newPage();
    const reasons = await answerWith(page, () => contactJwt("asked-strictly"));
    const files: string[] = [];
    page.on("request", (request) => isQuestions(new URL(request.url())) && files.push(request.url()));
    await page.goto(
      hostPage(stage(), "/asked-strictly", {
        nonce,
        after: plugin,
        headers: {
          "content-security-policy": `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; frame-src ${stage().companion.url}; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'`,
        },
      }),
    );
    await eventOf(page, "authenticated");
    await messengerOn(page).open();
    expect(reasons).toEqual(["start"]);
    expect(files).toHaveLength(1);
    expect(await seenViolations(page)).toEqual([]);
    await context.close();
  });

  test("is asked although the file for it failed to load twice, and told where it fails for good", async () => {
    const context = await stage().browser.newContext();
    const page = await context.newPage();
    await answerWith(page, () => contactJwt("asked-again"));
    let failures = 2;
    await page.route(isQuestions, (route) => (failures-- > 0 ? route.abort() : route.continue()));
    await page.goto(hostPage(stage(), "/asked-again", { after: plugin }));
    await eventOf(page, "authenticated");

    failures = Number.POSITIVE_INFINITY;
    await page.reload();
    expect((await eventOf(page, "authError")).detail).toMatchObject({ code: "network" });
    expect((await seenEvents(page)).some(({ name }) => name === "authenticated")).toBe(false);
    failures = 0;
    await page.evaluate(() => window.Messenger.login());
    await eventOf(page, "authenticated");
    await context.close();
  });
});

describeInBrowser(
  "several tabs of a page with an AuthProvider",
  (stage) => {
    test("renew their sessions with one token, which one of them was asked for", async () => {
      const context = await stage().browser.newContext();
      const reasons: string[][] = [];
      const pages: Page[] = [];
      const allHere = Promise.withResolvers<void>();
      const asked = (): number => reasons.flat().length;
      for (let tab = 0; tab < 3; tab++) {
        const page = await context.newPage();
        reasons.push(
          await answerWith(page, async (reason) => {
            // Sessions that begin together end together, however long a page takes to load.
            if (asked() === 3) allHere.resolve();
            await allHere.promise;
            // Whoever is asked answers once all of them have come to ask.
            if (reason === "expiring") await Promise.all(pages.map((tab) => eventOf(tab, "tokenExpiring")));
            return contactJwt("many-tabs");
          }),
        );
        pages.push(page);
      }
      const url = hostPage(stage(), "/many-tabs", { after: plugin });
      const renewals = pages.map((page) =>
        page.waitForResponse((response) => response.url().endsWith("/session/renew"), { timeout: 60_000 }),
      );
      await Promise.all(pages.map((page) => page.goto(url)));
      const answers = await Promise.all(renewals);
      expect(answers.map((answer) => answer.status())).toEqual([200, 200, 200]);
      expect(reasons.flat().sort()).toEqual(["expiring", "start", "start", "start"]);
      for (const page of pages) {
        const names = (await seenEvents(page)).map(({ name }) => name);
        expect(names.filter((name) => name === "tokenExpiring")).toHaveLength(1);
        expect(names).not.toContain("tokenExpired");
      }
      await context.close();
    }, 60_000);
  },
  // Renewed at 80 % of it: four seconds are left for a machine that has other things to do.
  { community: { session: { idleSeconds: 20, absoluteSeconds: 20, anonymousSeconds: 20 } } },
);
