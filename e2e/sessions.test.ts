/** Where a customer is signed in, told and ended from anywhere; and devices that several people share. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ifLate } from "../.ci/if-late.ts";
import { login, person, type Scene, setScene, tokenOf } from "./harness/scene.ts";
import { words } from "./harness/sights.ts";
import {
  describeInBrowser,
  eventOf,
  hostPage,
  messengerOn,
  type Stage,
  seenEvents,
} from "./harness/stage.ts";
import { haveWritten, heardFrom, present, stateOf } from "./harness/witness.ts";

const limits = { sessionRequestsPerMinute: 10_000 };
type Person = ReturnType<typeof person>;

async function device(stage: Stage, who: Person): Promise<Scene> {
  const scene = await setScene(stage, { contactJwt: await tokenOf(who) });
  await scene.view.open();
  await scene.view.frame.getByText(`Signed in as ${who.name}`).waitFor();
  return scene;
}

describeInBrowser(
  "where you are signed in",
  (stage) => {
    // Within a second: a busy machine may be late once.
    test("signing out another browser ends its socket, its session and its token", {
      retry: ifLate,
    }, async () => {
      const ada = person("ada");
      const [there, here] = [await device(stage(), ada), await device(stage(), ada)];
      await there.view.send(words(ada.name, 1));
      await here.view.message(words(ada.name, 1));
      await here.view.frame.getByRole("button", { name: "Where you are signed in" }).click();
      const list = here.view.frame.getByRole("dialog", { name: "Where you are signed in" });
      await expect.poll(() => list.getByRole("listitem").count()).toBe(2);
      expect(await list.getByText("This device").count()).toBe(1);
      const pressedAt = Date.now();
      await list.getByRole("button", { name: /^Sign out: (?!everywhere)/ }).click();
      await there.view.frame.getByText("You are signed out").waitFor();
      expect(Date.now() - pressedAt).toBeLessThan(1000);
      expect(await there.view.messages.count()).toBe(0);
      expect((await eventOf(there.page, "loggedOut")).detail).toEqual({ reason: "elsewhere" });
      for (const token of there.sessionTokens) expect(await stateOf(stage(), token)).toBe("session_revoked");
      for (const token of here.sessionTokens) expect(await stateOf(stage(), token)).toBe("ok");
      // Nor does a reload, with the very token that the page still holds, bring it back.
      await there.page.reload();
      await eventOf(there.page, "authError");
      expect((await seenEvents(there.page)).map(({ name }) => name)).not.toContain("authenticated");
      await here.page.keyboard.press("Escape");
      await here.view.send(words(ada.name, 2));
      await here.view.message(words(ada.name, 2));
      await Promise.all([here.end(), there.end()]);
    });

    test("“everywhere else” ends all the others, and not this one", async () => {
      const ada = person("ada");
      const others = [await device(stage(), ada), await device(stage(), ada)];
      const here = await device(stage(), ada);
      await here.view.frame.getByRole("button", { name: "Where you are signed in" }).click();
      const list = here.view.frame.getByRole("dialog");
      await expect.poll(() => list.getByRole("listitem").count()).toBe(3);
      await list.getByRole("button", { name: "Sign out everywhere else" }).click();
      for (const { view } of others) await view.frame.getByText("You are signed out").waitFor();
      await expect.poll(() => list.getByRole("listitem").count()).toBe(1);
      for (const { sessionTokens } of others)
        for (const token of sessionTokens) expect(await stateOf(stage(), token)).toBe("session_revoked");
      for (const token of here.sessionTokens) expect(await stateOf(stage(), token)).toBe("ok");
      await Promise.all([here, ...others].map((scene) => scene.end()));
    });
  },
  { limits },
);

/** As the snippet of a shared device says it. */
const shared = `<script>messengerSettings.sharedDevice = true;</script>`;

/** Whatever the origin of the frame keeps. */
const stored = (page: Page): Promise<unknown> =>
  page.frames()[1]?.evaluate(() => ({ ...localStorage, ...sessionStorage })) ?? Promise.resolve("no frame");

describeInBrowser(
  "a shared device",
  (stage) => {
    test("stores nothing, and ends the session with the page", async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { after: shared });
      const token = await tokenOf(ada);
      expect(await login(scene.page, token)).toBe(ada.name);
      await scene.view.open();
      await scene.view.send(words(ada.name, 1));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      expect(await stored(scene.page)).toEqual({});
      expect(await scene.context.cookies()).toEqual([]);
      await scene.page.goto(hostPage(stage(), "/the-next"));
      for (const sessionToken of scene.sessionTokens)
        await expect.poll(() => stateOf(stage(), sessionToken)).toBe("session_revoked");
      expect(await present(stage(), token)).toBe("token_revoked");
      await scene.end();
    });

    test("wipes when nobody has touched it for five minutes", async () => {
      const ada = person("ada");
      await haveWritten(stage(), ada.identity, [words(ada.name, 1)]);
      const context = await stage().browser.newContext();
      const page = await context.newPage();
      await page.clock.install();
      const token = await tokenOf(ada);
      await page.goto(hostPage(stage(), `/${ada.identity}`, { contactJwt: token, after: shared }));
      const view = messengerOn(page);
      await view.open();
      await view.message(words(ada.name, 1));
      await page.clock.fastForward(4 * 60_000);
      await view.composer.fill("Still here");
      await page.clock.fastForward(4 * 60_000);
      await view.message(words(ada.name, 1));
      await page.clock.fastForward(61_000);
      await view.frame.getByText("You are signed out").waitFor();
      expect(await view.messages.count()).toBe(0);
      expect((await eventOf(page, "loggedOut")).detail).toEqual({ reason: "expired" });
      await expect.poll(() => present(stage(), token)).toBe("token_revoked");
      expect(await heardFrom(stage(), ada.name)).toEqual([words(ada.name, 1)]);
      await context.close();
    });
  },
  { limits },
);
