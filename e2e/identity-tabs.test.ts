/** Two tabs, two devices, the browser’s page cache, no network: who is signed in where, and how soon. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ifLate } from "../.ci/if-late.ts";
import { login, logout, person, setScene, tokenOf } from "./harness/scene.ts";
import { openSession } from "./harness/session.ts";
import { words, writersIn } from "./harness/sights.ts";
import { api, describeInBrowser, eventOf, hostPage, messengerOn, seenEvents } from "./harness/stage.ts";
import { delivered, haveWritten, heardFrom, present, stateOf } from "./harness/witness.ts";

const reasonsOf = async (page: Page): Promise<readonly unknown[]> =>
  (await seenEvents(page)).flatMap(({ name, detail }) => (name === "loggedOut" ? [detail?.reason] : []));

describeInBrowser(
  "tabs and devices",
  (stage) => {
    /** Both are Ada's, and show what she wrote in the first. */
    async function openTwoTabs() {
      const ada = person("ada");
      const token = await tokenOf(ada);
      const scene = await setScene(stage(), { contactJwt: token });
      await scene.view.open();
      await scene.view.send(words(ada.name, 1));
      await scene.view.message(words(ada.name, 1));
      const other = await scene.tab();
      await other.view.open();
      await other.view.message(words(ada.name, 1));
      return { ada, token, scene, other };
    }

    // A busy machine may be late once.
    test("a logout in one tab signs out the other within a second", { retry: ifLate }, async () => {
      const { ada, token, scene, other } = await openTwoTabs();
      const calledAt = Date.now();
      await logout(scene.page);
      const empty = () =>
        scene.sights.find(
          ({ page, at, text }) => page === other.page && at >= calledAt && !text.includes(ada.name),
        );
      await expect.poll(empty, { interval: 10 }).toBeTruthy();
      expect((empty()?.at ?? Number.POSITIVE_INFINITY) - calledAt).toBeLessThan(1000);
      await eventOf(other.page, "loggedOut");
      expect(await reasonsOf(other.page)).toEqual(["elsewhere"]);
      for (const sessionToken of scene.sessionTokens)
        await expect.poll(() => stateOf(stage(), sessionToken)).toBe("session_revoked");
      expect(await present(stage(), token)).toBe("token_revoked");
      await scene.end();
    });

    test("a logout on the page that follows signs out the other tab as well", async () => {
      const { scene, other } = await openTwoTabs();
      await scene.page.goto(hostPage(stage(), "/signed-out"));
      await logout(scene.page);
      await eventOf(other.page, "loggedOut");
      expect(await reasonsOf(other.page)).toEqual(["elsewhere"]);
      for (const sessionToken of scene.sessionTokens)
        await expect.poll(() => stateOf(stage(), sessionToken)).toBe("session_revoked");
      await scene.end();
    });

    // A busy machine may be late once.
    test("a logout everywhere on another device ends both tabs within a second", {
      retry: ifLate,
    }, async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await scene.view.open();
      const other = await scene.tab();
      await other.view.open();
      for (const { view } of [scene, other]) await view.frame.getByText(`Signed in as ${ada.name}`).waitFor();
      const device = await openSession(stage().companion.url, ada.identity);
      const calledAt = Date.now();
      await api(stage(), "/session?everywhere=true", { method: "DELETE", token: device.sessionToken });
      for (const { page, view } of [scene, other]) {
        await view.frame.getByText("You are signed out").waitFor();
        expect(await reasonsOf(page)).toEqual(["elsewhere"]);
      }
      expect(Date.now() - calledAt).toBeLessThan(1000);
      for (const sessionToken of scene.sessionTokens)
        expect(await stateOf(stage(), sessionToken)).toBe("session_revoked");
      await scene.end();
    });

    test("different customers in two tabs at once: each tab is its own", async () => {
      const [ada, bob] = [person("ada"), person("bob")];
      const scene = await setScene(stage());
      const other = await scene.tab();
      const [one, two] = await Promise.all([
        tokenOf(ada).then((token) => login(scene.page, token)),
        tokenOf(bob).then((token) => login(other.page, token)),
      ]);
      expect([one, two]).toEqual([ada.name, bob.name]);
      await Promise.all([scene.view.open(), other.view.open()]);
      await Promise.all([scene.view.send(words(ada.name, 1)), other.view.send(words(bob.name, 1))]);
      await Promise.all([scene.view.message(words(ada.name, 1)), other.view.message(words(bob.name, 1))]);
      await logout(scene.page);
      await other.view.send(words(bob.name, 2));
      await other.view.message(words(bob.name, 2));
      expect(await heardFrom(stage(), ada.name)).toEqual([words(ada.name, 1)]);
      // Shown before it is sent.
      await expect.poll(() => heardFrom(stage(), bob.name)).toEqual([words(bob.name, 1), words(bob.name, 2)]);
      const foreign = scene.sights.filter(({ page, text }) =>
        writersIn(text).some((name) => name !== (page === other.page ? bob.name : ada.name)),
      );
      expect(foreign).toEqual([]);
      await scene.end();
    });

    test("a page from the browser’s page cache shows nothing of who has logged out meanwhile", async () => {
      const ada = person("ada");
      const scene = await setScene(stage());
      await login(scene.page, await tokenOf(ada));
      await scene.view.open();
      await scene.view.send(words(ada.name, 1));
      await scene.view.message(words(ada.name, 1));
      await scene.page.goto(hostPage(stage(), "/meanwhile"));
      const device = await openSession(stage().companion.url, ada.identity);
      await api(stage(), "/session?everywhere=true", { method: "DELETE", token: device.sessionToken });
      await scene.page.goBack();
      const { frame, launcher } = scene.view;
      await launcher.waitFor();
      if ((await launcher.getAttribute("aria-expanded")) === "false") await launcher.click();
      await frame.getByText(/You are signed out|Sign in to chat/).waitFor();
      expect(await scene.view.messages.count()).toBe(0);
      for (const sessionToken of scene.sessionTokens)
        expect(await stateOf(stage(), sessionToken)).toBe("session_revoked");
      await scene.end();
    });

    test("an offline logout wipes at once, and revokes once the network is back", async () => {
      const ada = person("ada");
      const token = await tokenOf(ada);
      const scene = await setScene(stage(), { contactJwt: token });
      await scene.view.open();
      await scene.view.send(words(ada.name, 1));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      await scene.context.setOffline(true);
      await scene.view.frame.getByText("You are offline").first().waitFor();
      await scene.view.send(words(ada.name, "unsent"));
      await logout(scene.page);
      await scene.view.frame.getByText("You are signed out").waitFor();
      expect(await scene.view.messages.count()).toBe(0);
      await expect.poll(() => scene.sights.at(-1)?.text, { timeout: 1000 }).not.toContain(ada.name);
      await scene.context.setOffline(false);
      for (const sessionToken of scene.sessionTokens)
        await expect.poll(() => stateOf(stage(), sessionToken)).toBe("session_revoked");
      expect(await present(stage(), token)).toBe("token_revoked");
      expect(await heardFrom(stage(), ada.name)).toEqual([words(ada.name, 1)]);
      await scene.end();
    });

    test("an offline switch shows nothing of the former, and the network brings the latter", async () => {
      const [ada, bob] = [person("ada"), person("bob")];
      await haveWritten(stage(), bob.identity, [words(bob.name, 1)]);
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await scene.view.open();
      await scene.view.send(words(ada.name, 1));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      const [sessionToken = ""] = scene.sessionTokens;
      await scene.context.setOffline(true);
      await scene.view.send(words(ada.name, "unsent"));
      const switchedAt = Date.now();
      await scene.page.evaluate(
        (contactJwt) => void window.Messenger.login({ contactJwt }).catch(() => {}),
        await tokenOf(bob),
      );
      await expect.poll(() => scene.view.messages.count()).toBe(0);
      await scene.context.setOffline(false);
      await scene.view.message(words(bob.name, 1));
      const first = scene.sights.findIndex(({ at, text }) => at >= switchedAt && !text.includes(ada.name));
      expect(scene.sights.slice(first).filter(({ text }) => text.includes(ada.name))).toEqual([]);
      await expect.poll(() => stateOf(stage(), sessionToken)).toBe("session_revoked");
      expect(await delivered(stage(), [ada.name, bob.name])).toEqual([]);
      expect(await heardFrom(stage(), bob.name)).toEqual([words(bob.name, 1)]);
      await scene.end();
    });

    test("an offline login waits for the network", async () => {
      const ada = person("ada");
      const scene = await setScene(stage());
      await scene.view.launcher.click();
      await scene.view.frame.getByText("Sign in to chat").waitFor();
      await scene.context.setOffline(true);
      await scene.page.evaluate(
        (contactJwt) => void window.Messenger.login({ contactJwt }).catch(() => {}),
        await tokenOf(ada),
      );
      await eventOf(scene.page, "authError");
      await scene.context.setOffline(false);
      await scene.view.frame.getByText(`Signed in as ${ada.name}`).waitFor();
      await messengerOn(scene.page).send(words(ada.name, 1));
      await scene.view.message(words(ada.name, 1));
      await scene.end();
    });
  },
  { limits: { sessionRequestsPerMinute: 10_000 } },
);
