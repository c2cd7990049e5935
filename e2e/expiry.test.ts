/** Sessions that end while people write: no word is lost, none goes to another, and the page is told once. */

import { expect, test } from "vitest";
import { ifLate } from "../.ci/if-late.ts";
import { contactJwt } from "./harness/acme.ts";
import { login, person, type Scene, setScene, tokenOf } from "./harness/scene.ts";
import { words } from "./harness/sights.ts";
import { describeInBrowser, eventOf, hostPage, messengerOn, seenEvents } from "./harness/stage.ts";
import { heardFrom, stateOf } from "./harness/witness.ts";

/** A fifth of it is left for a renewal: three seconds, on a machine that has other things to do. */
const seconds = 16;
const session = { idleSeconds: seconds, absoluteSeconds: seconds, anonymousSeconds: seconds };
const notice = "You are signed out. What you write is sent once you have signed in again.";

const plugin = `<script>
Messenger.registerPlugin("AuthProvider", { getToken: async ({ reason }) => ({ contactJwt: await window.tokenOfTest(reason) }) });
</script>`;

const named = async ({ page }: Scene, wanted: string): Promise<number> =>
  (await seenEvents(page)).filter(({ name }) => name === wanted).length;

describeInBrowser(
  "a session that ends",
  (stage) => {
    /** Signed in by a token that outlives its session by nothing, and expired; one message waits. */
    async function expiredWhileWriting(who: ReturnType<typeof person>): Promise<Scene> {
      const scene = await setScene(stage(), {
        contactJwt: await contactJwt(who.identity, { expiresInSeconds: seconds }),
      });
      await scene.view.open();
      await scene.view.send(words(who.name, "in time"));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      await scene.view.composer.fill(words(who.name, "begun in time"));
      await eventOf(scene.page, "tokenExpired");
      await scene.view.frame.locator(".banner").getByText(notice).waitFor();
      await scene.view.composer.press("Enter");
      await scene.view.log.locator('[data-status="sending"]').getByText("begun in time").waitFor();
      return scene;
    }

    test("with a static token: what is written waits, login() with a new token sends it once", async () => {
      const ada = person("ada");
      const scene = await expiredWhileWriting(ada);
      const [sessionToken = ""] = scene.sessionTokens;
      expect(await stateOf(stage(), sessionToken)).toBe("session_expired");
      expect(await heardFrom(stage(), ada.name)).toEqual([words(ada.name, "in time")]);
      expect(await login(scene.page, await tokenOf(ada))).toBe(ada.name);
      await scene.view.log.locator('[data-status="sent"]').getByText("begun in time").waitFor();
      await scene.view.frame.locator(".banner").waitFor({ state: "detached" });
      expect(await heardFrom(stage(), ada.name)).toEqual(
        ["in time", "begun in time"].map((what) => words(ada.name, what)),
      );
      expect(await named(scene, "tokenExpired")).toBe(1);
      await scene.end();
    });

    test("with a static token, and then another customer: the words that waited go nowhere", async () => {
      const [ada, bob] = [person("ada"), person("bob")];
      const scene = await expiredWhileWriting(ada);
      expect(await login(scene.page, await tokenOf(bob))).toBe(bob.name);
      await scene.view.frame.getByText(`Signed in as ${bob.name}`).waitFor();
      expect(await scene.view.messages.count()).toBe(0);
      await scene.view.send(words(bob.name, 1));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      expect(await heardFrom(stage(), bob.name)).toEqual([words(bob.name, 1)]);
      expect(await heardFrom(stage(), ada.name)).toEqual([words(ada.name, "in time")]);
      await scene.end();
    });

    // A busy machine may be late once.
    test("with getToken: renewed in the last fifth of its life, and nobody notices", {
      retry: ifLate,
    }, async () => {
      const ada = person("ada");
      const context = await stage().browser.newContext();
      const page = await context.newPage();
      const asked: { readonly reason: string; readonly at: number }[] = [];
      await page.exposeFunction("tokenOfTest", (reason: string) => {
        asked.push({ reason, at: Date.now() });
        return tokenOf(ada);
      });
      const opened = page.waitForResponse((response) => response.url().endsWith("/sessions"));
      const renewed = page.waitForResponse((response) => response.url().endsWith("/session/renew"), {
        timeout: 50_000,
      });
      await page.goto(hostPage(stage(), `/${ada.identity}`, { after: plugin }));
      const view = messengerOn(page);
      await view.open();
      const { absoluteExpiresAt } = await (await opened).json();
      expect((await renewed).status()).toBe(200);
      expect(asked.map(({ reason }) => reason)).toEqual(["start", "expiring"]);
      const left = Date.parse(absoluteExpiresAt) - (asked[1]?.at ?? 0);
      expect(left / 1000).toBeGreaterThan(0);
      expect(left / 1000).toBeLessThan(seconds * 0.25);
      await view.send(words(ada.name, "after the renewal"));
      await view.log.locator('[data-status="sent"]').waitFor();
      const names = (await seenEvents(page)).map(({ name }) => name);
      expect(names).toContain("tokenExpiring");
      expect(names).not.toContain("tokenExpired");
      expect(names).not.toContain("loggedOut");
      await context.close();
    });

    test("with a getToken whose tokens are refused: asked five times in a row at most, told once (elsewhere a storm of 40 new tokens a second)", async () => {
      const ada = person("ada");
      const context = await stage().browser.newContext();
      const page = await context.newPage();
      const reasons: string[] = [];
      await page.exposeFunction("tokenOfTest", (reason: string) => {
        reasons.push(reason);
        return contactJwt(ada.identity, { wrongKey: true });
      });
      await page.goto(hostPage(stage(), `/${ada.identity}`, { after: plugin }));
      const view = messengerOn(page);
      await view.launcher.click();
      expect((await eventOf(page, "authError")).detail).toMatchObject({ code: "signature_invalid" });
      await view.frame.getByText("Your sign-in was not confirmed").waitFor();
      expect(reasons).toEqual(["start", ...Array(4).fill("rejected")]);
      // Nor does anything that the customer does ask again.
      await view.launcher.click();
      await view.launcher.click();
      await view.frame.getByText("Your sign-in was not confirmed").waitFor();
      expect(reasons).toHaveLength(5);
      expect((await seenEvents(page)).filter(({ name }) => name === "authError")).toHaveLength(1);
      await context.close();
    });
  },
  { community: { session, clockSkewSeconds: 0 }, limits: { sessionRequestsPerMinute: 10_000 } },
);
