/** The tabs of one customer agree within a second: on messages, on what is read, on what waits. Drafts stay where they are. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ifLate } from "../.ci/if-late.ts";
import { person, setScene, tokenOf } from "./harness/scene.ts";
import { words } from "./harness/sights.ts";
import { describeInBrowser, type MessengerView, seenEvents } from "./harness/stage.ts";
import { answer } from "./harness/witness.ts";

const agreedMs = 1000;
/** A busy machine may be late once. */
const retry = ifLate;

/** The last count that the page was told; null: none. */
const unreadOn = async (page: Page): Promise<unknown> =>
  (await seenEvents(page)).findLast(({ name }) => name === "unread")?.detail?.count ?? null;

const soon = { timeout: agreedMs, interval: 20 };

const draft = ({ composer }: MessengerView): Promise<string> => composer.inputValue();

describeInBrowser(
  "two tabs of one customer",
  (stage) => {
    test("agree on messages and drafts", { retry }, async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      const other = await scene.tab();
      await Promise.all([scene.view.open(), other.view.open()]);
      await scene.view.frame.getByText(`Signed in as ${ada.name}`).waitFor();
      await scene.view.composer.fill("half a wor");
      await other.view.send(words(ada.name, 1));
      await expect.poll(() => scene.view.messages.allTextContents(), soon).toEqual([words(ada.name, 1)]);
      expect(await draft(scene.view)).toBe("half a wor");
      expect(await draft(other.view)).toBe("");
      await scene.end();
    });

    test("agree on what is read, whichever of them is looked at", { retry }, async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await scene.view.open();
      await scene.view.send(words(ada.name, 1));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      await scene.page.evaluate(() => window.Messenger.close());
      const other = await scene.tab();
      await other.view.open();
      await other.view.message(words(ada.name, 1));
      await other.page.evaluate(() => window.Messenger.close());
      await answer(stage(), ada.name, "It is on its way.");
      for (const { page } of [scene, other]) await expect.poll(() => unreadOn(page), soon).toBe(1);
      await other.page.bringToFront();
      await other.view.open();
      await other.view.message("It is on its way.");
      for (const { page } of [other, scene]) await expect.poll(() => unreadOn(page), soon).toBe(0);
      await scene.end();
    });

    test("agree on what waits, and on what became of it", { retry }, async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      const other = await scene.tab();
      await Promise.all([scene.view.open(), other.view.open()]);
      for (const { view } of [scene, other]) await view.frame.getByText(`Signed in as ${ada.name}`).waitFor();
      await scene.context.setOffline(true);
      await scene.view.frame.getByText("You are offline").first().waitFor();
      await scene.view.send(words(ada.name, 1));
      const statuses = ({ messages }: MessengerView) =>
        messages.evaluateAll((all) => all.map((one) => one.getAttribute("data-status")));
      await expect.poll(() => statuses(other.view), soon).toEqual(["sending"]);
      await scene.context.setOffline(false);
      for (const { view } of [scene, other])
        await expect.poll(() => statuses(view), { timeout: 5000 }).toEqual(["sent"]);
      await scene.end();
    });
  },
  { limits: { sessionRequestsPerMinute: 10_000 } },
);
