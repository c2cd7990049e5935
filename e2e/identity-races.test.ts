/** Calls that cross on one page: the last one wins, and nobody is ever shown another’s words. */

import { expect, test } from "vitest";
import { login, logout, person, type Scene, setScene, tokenOf } from "./harness/scene.ts";
import { mixedUp, words, writeAsShown } from "./harness/sights.ts";
import { describeInBrowser, eventOf, hostPage, seenEvents } from "./harness/stage.ts";
import { delivered, haveWritten, heardFrom, present, stateOf } from "./harness/witness.ts";

/** Calls in one turn of the page’s event loop. @returns how each ended: a name, “out”, or the code of a refusal */
const together = (scene: Scene, calls: readonly (string | null)[]): Promise<readonly string[]> =>
  scene.page.evaluate(
    (calls) =>
      Promise.all(
        calls.map((contactJwt) =>
          contactJwt
            ? window.Messenger.login({ contactJwt }).then(
                ({ contact }) => contact.name ?? "",
                ({ code }) => code,
              )
            : window.Messenger.logout().then(() => "out"),
        ),
      ),
    calls,
  );

describeInBrowser(
  "calls that cross",
  (stage) => {
    test("login and logout: the logout holds, and no session lives", async () => {
      const ada = person("ada");
      await haveWritten(stage(), ada.identity, [words(ada.name, 1)]);
      const scene = await setScene(stage());
      await scene.view.launcher.click();
      const token = await tokenOf(ada);
      expect(await together(scene, [token, null])).toEqual(["identity_changed", "out"]);
      await scene.view.frame.getByText("You are signed out").waitFor();
      expect(scene.sights.filter(({ holder }) => holder !== null)).toEqual([]);
      for (const sessionToken of scene.sessionTokens)
        await expect.poll(() => stateOf(stage(), sessionToken)).toBe("session_revoked");
      await scene.end();
    });

    test("logout and login: the login holds", async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await scene.view.open();
      expect(await together(scene, [null, await tokenOf(ada)])).toEqual(["out", ada.name]);
      await scene.view.frame.getByText(`Signed in as ${ada.name}`).waitFor();
      await scene.view.send(words(ada.name, "after"));
      await scene.view.message("after");
      await scene.end();
    });

    test("two customers: the later one holds, and of the former nothing is shown", async () => {
      const [ada, bob] = [person("ada"), person("bob")];
      await haveWritten(stage(), ada.identity, [words(ada.name, 1)]);
      await haveWritten(stage(), bob.identity, [words(bob.name, 1)]);
      const scene = await setScene(stage());
      await scene.view.launcher.click();
      const tokens = [await tokenOf(ada), await tokenOf(bob)];
      expect(await together(scene, tokens)).toEqual(["identity_changed", bob.name]);
      await scene.view.message(words(bob.name, 1));
      expect(scene.sights.filter(({ text }) => text.includes(ada.name))).toEqual([]);
      await scene.end();
    });

    test("a logout while the connection is being made: the socket never opens for good", async () => {
      const ada = person("ada");
      const token = await tokenOf(ada);
      const scene = await setScene(stage());
      hostPage(stage(), new URL(scene.url).pathname, { contactJwt: token });
      // The page connects as soon as it has loaded: listened for before it is.
      const socket = scene.page.waitForEvent("websocket");
      await scene.page.reload();
      await scene.view.launcher.click();
      const opened = await socket;
      // Not waitForEvent: a socket that is given up while it connects reports an error before it closes.
      const closed = new Promise((resolve) => opened.on("close", resolve));
      await logout(scene.page);
      if (!opened.isClosed()) await closed;
      expect(await present(stage(), token)).toBe("token_revoked");
      for (const sessionToken of scene.sessionTokens)
        expect(await stateOf(stage(), sessionToken)).toBe("session_revoked");
      await scene.end();
    });

    test("a logout while a message is under way: it arrives as its writer’s, or nowhere", async () => {
      const [ada, bob] = [person("ada"), person("bob")];
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await scene.view.open();
      await scene.view.frame.getByText(`Signed in as ${ada.name}`).waitFor();
      const frame = scene.page.frame("vouch-messenger");
      if (!frame) throw new Error("There is no frame.");
      for (let n = 1; n <= 5; n++) await writeAsShown(frame, n);
      await logout(scene.page);
      expect(await login(scene.page, await tokenOf(bob))).toBe(bob.name);
      await scene.view.send(words(bob.name, "next"));
      await scene.view.message("next");
      // Shown before it is sent.
      await expect.poll(() => heardFrom(stage(), bob.name)).toEqual([words(bob.name, "next")]);
      expect(await delivered(stage(), [ada.name, bob.name])).toEqual([]);
      await scene.end();
    });

    test("a switch while the history loads: the page of the former goes nowhere", async () => {
      const [ada, bob] = [person("ada"), person("bob")];
      await haveWritten(stage(), ada.identity, [words(ada.name, 1)]);
      await haveWritten(stage(), bob.identity, [words(bob.name, 1)]);
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await eventOf(scene.page, "authenticated");
      let release = (): void => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      let waiting = (): void => {};
      const asked = new Promise<void>((resolve) => {
        waiting = resolve;
      });
      const isHistory = (url: URL): boolean => url.pathname.endsWith("/conversation/messages");
      let first = true;
      await scene.page.route(isHistory, async (route) => {
        if (first) {
          first = false;
          const response = await route.fetch();
          waiting();
          await held;
          return route.fulfill({ response }).catch(() => {});
        }
        return route.continue();
      });
      // The history was read already, closed or not: a reload reads it again.
      await scene.page.reload();
      await scene.view.launcher.click();
      await asked;
      const switched = login(scene.page, await tokenOf(bob));
      await scene.view.frame.getByText(`Signed in as ${bob.name}`).waitFor();
      release();
      expect(await switched).toBe(bob.name);
      await scene.view.message(words(bob.name, 1));
      expect(scene.sights.filter(({ text }) => text.includes(words(ada.name, 1)))).toEqual([]);
      await scene.end();
    });

    test("a reload in the middle of a login: the page’s own token counts, not the call of before", async () => {
      const [ada, bob] = [person("ada"), person("bob")];
      await haveWritten(stage(), ada.identity, [words(ada.name, 1)]);
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await scene.view.open();
      await scene.view.message(words(ada.name, 1));
      // The switch may get as far as revoking the token that the page was rendered with: each page has its own.
      hostPage(stage(), new URL(scene.url).pathname, { contactJwt: await tokenOf(ada) });
      const token = await tokenOf(bob);
      await scene.page.evaluate((contactJwt) => void window.Messenger.login({ contactJwt }), token);
      await scene.page.reload();
      await scene.view.open();
      await scene.view.frame.getByText(`Signed in as ${ada.name}`).waitFor();
      await scene.view.message(words(ada.name, 1));
      await scene.end();
    });

    test("a reload in the middle of a logout: the logout is carried out all the same", async () => {
      const ada = person("ada");
      await haveWritten(stage(), ada.identity, [words(ada.name, 1)]);
      const scene = await setScene(stage());
      const token = await tokenOf(ada);
      await login(scene.page, token);
      await scene.view.open();
      await scene.view.message(words(ada.name, 1));
      const [sessionToken = ""] = scene.sessionTokens;
      await scene.page.evaluate(() => void window.Messenger.logout());
      await scene.page.reload();
      await scene.view.launcher.click();
      await scene.view.frame.getByText("Sign in to chat").waitFor();
      await expect.poll(() => stateOf(stage(), sessionToken)).toBe("session_revoked");
      expect(await present(stage(), token)).toBe("token_revoked");
      await scene.end();
    });

    test("a page that asserts nobody after a reload: the session of before is ended", async () => {
      const ada = person("ada");
      const token = await tokenOf(ada);
      const scene = await setScene(stage(), { contactJwt: token });
      await scene.view.open();
      await scene.view.frame.getByText(`Signed in as ${ada.name}`).waitFor();
      await scene.view.send(words(ada.name, 1));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      const [sessionToken = ""] = scene.sessionTokens;
      hostPage(stage(), new URL(scene.url).pathname);
      await scene.page.reload();
      await scene.view.launcher.click();
      await scene.view.frame.getByText("Sign in to chat").waitFor();
      await expect.poll(() => stateOf(stage(), sessionToken)).toBe("session_revoked");
      expect(await present(stage(), token)).toBe("token_revoked");
      const reloadedAt = scene.sights.findLastIndex(({ holder }) => holder === ada.name);
      expect(scene.sights.slice(reloadedAt + 1).some(({ text }) => text.includes(ada.name))).toBe(false);
      expect(mixedUp(scene.sights)).toEqual([]);
      expect((await seenEvents(scene.page)).map(({ name }) => name)).not.toContain("authenticated");
      await scene.end();
    });
  },
  { limits: { sessionRequestsPerMinute: 10_000, messagesPerSecond: 1000, messageBurst: 1000 } },
);
