/** What waits to be sent, in a real browser: reloads, crashes, days, expiry, other customers and other tabs between writing and sending. */

import type { BrowserContext, Page, WebSocket } from "playwright-core";
import { expect, test } from "vitest";
import { contactJwt } from "./harness/acme.ts";
import { login, logout, person, type Scene, setScene, tokenOf } from "./harness/scene.ts";
import { words } from "./harness/sights.ts";
import { describeInBrowser, eventOf, hostPage, messengerOn } from "./harness/stage.ts";
import { heardFrom } from "./harness/witness.ts";

const sessionSeconds = 12;

/** Texts of the messages that the browser sends from now on, by socket or request, in their order. */
function listenIn(context: BrowserContext): readonly string[] {
  const sent: string[] = [];
  const note = (frame: string): void => {
    if (frame.startsWith('{"t":"send"')) sent.push(JSON.parse(frame).text);
  };
  const follow = (page: Page): void => {
    page.on("websocket", (socket: WebSocket) =>
      socket.on("framesent", ({ payload }) => note(String(payload))),
    );
  };
  context.pages().forEach(follow);
  context.on("page", follow);
  return sent;
}

/** The frame's databases, by name. */
const databasesOf = async (page: Page): Promise<readonly (string | undefined)[]> =>
  (await page
    .frame("vouch-messenger")
    ?.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))) ?? [];

/** How many messages are kept for all tabs of the customer: some milliseconds after they are shown. */
const keptBy = (page: Page): Promise<number | undefined> =>
  page.frame("vouch-messenger")?.evaluate(async () => {
    const [database] = await indexedDB.databases();
    // To open one that is not there yet would make it.
    if (!database?.name) return 0;
    const { name } = database;
    return new Promise<number>((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => {
        const reading = opening.result.transaction("outbox").objectStore("outbox").get("waiting");
        reading.onsuccess = () => {
          opening.result.close();
          resolve(reading.result?.items.length ?? 0);
        };
      };
    });
  }) ?? Promise.resolve(undefined);

async function writeOffline(scene: Scene, who: { readonly name: string }, ...what: string[]): Promise<void> {
  await scene.view.open();
  await scene.view.send(words(who.name, "in time"));
  await scene.view.log.locator('[data-status="sent"]').waitFor();
  await scene.context.setOffline(true);
  await scene.view.frame.getByText("You are offline").first().waitFor();
  for (const word of what) await scene.view.send(words(who.name, word));
  await scene.view.log
    .locator('[data-status="sending"]')
    .nth(what.length - 1)
    .waitFor();
  await scene.view.log.getByText("Waiting for the network").first().waitFor();
  await expect.poll(() => keptBy(scene.page)).toBe(what.length);
}

/** The page and its files load; the server can't be asked anything. */
async function cutOffFromServer(context: BrowserContext): Promise<() => Promise<void>> {
  const path = "**/api/v1/**";
  await context.route(path, (route) => route.abort());
  return () => context.unroute(path);
}

/** In a browser that has to connect first. */
const connectMs = 20_000;

const allSaid = (who: { readonly name: string }, ...what: string[]): readonly string[] =>
  ["in time", ...what].map((word) => words(who.name, word));

describeInBrowser(
  "what waits to be sent",
  (stage) => {
    const heard = ({ name }: { readonly name: string }) =>
      expect.poll(() => heardFrom(stage(), name), { timeout: connectMs });

    test("outlives a reload without a network, and is sent once, in its order", async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await writeOffline(scene, ada, "one", "two");
      const reconnect = await cutOffFromServer(scene.context);
      await scene.context.setOffline(false);
      await scene.page.reload();
      await messengerOn(scene.page).launcher.waitFor();
      await reconnect();
      await eventOf(scene.page, "authenticated");
      await heard(ada).toEqual(allSaid(ada, "one", "two"));
      await scene.view.open();
      await expect
        .poll(() =>
          scene.view.messages.evaluateAll((all) => all.map((one) => one.getAttribute("data-status"))),
        )
        .toEqual(["sent", "sent", "sent"]);
      await scene.end();
    });

    test("is sent although the browser's data of the messenger is cleared under its tab", async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await writeOffline(scene, ada, "one", "two");
      const devtools = await scene.context.newCDPSession(scene.page);
      const { origin } = new URL(stage().companion.url);
      await devtools.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
      await expect.poll(() => databasesOf(scene.page)).toEqual([]);
      await scene.context.setOffline(false);
      await heard(ada).toEqual(allSaid(ada, "one", "two"));
      await scene.end();
    });

    test("outlives the crash of its tab", async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await writeOffline(scene, ada, "one", "two");
      const crashed = scene.page.waitForEvent("crash");
      const devtools = await scene.context.newCDPSession(scene.page);
      devtools.send("Page.crash").catch(() => {});
      await crashed;
      await scene.page.close();
      await scene.context.setOffline(false);
      await scene.tab();
      await heard(ada).toEqual(allSaid(ada, "one", "two"));
      await scene.end();
    });

    test("waits for days, with the browser closed over it", async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await writeOffline(scene, ada, "one");
      await scene.page.close();
      await scene.context.setOffline(false);
      await scene.context.clock.setSystemTime(Date.now() + 12 * 86_400_000);
      const later = await scene.context.newPage();
      await later.goto(hostPage(stage(), "/later", { contactJwt: await tokenOf(ada) }));
      await messengerOn(later).open();
      await messengerOn(later).message(words(ada.name, "one"));
      await heard(ada).toEqual(allSaid(ada, "one"));
      await scene.end();
    });

    test("is one outbox in two tabs, and each message leaves the browser once", async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      const other = await scene.tab();
      await other.view.open();
      const sent = listenIn(scene.context);
      await writeOffline(scene, ada, "one");
      await other.view.send(words(ada.name, "two"));
      await scene.view.message(words(ada.name, "two"));
      await scene.view.send(words(ada.name, "three"));
      await other.view.message(words(ada.name, "three"));
      await scene.context.setOffline(false);
      const all = allSaid(ada, "one", "two", "three");
      await heard(ada).toEqual(all);
      for (const { view } of [scene, other])
        await expect
          .poll(() => view.messages.evaluateAll((all) => all.map((one) => one.getAttribute("data-status"))))
          .toEqual(all.map(() => "sent"));
      // Sockets that were there before the test listened are not heard: the first message went by one of these.
      expect(sent.filter((text) => text !== all[0])).toEqual(all.slice(1));
      await scene.end();
    });

    test("is sent by the other tab where the one that wrote it is closed", async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      const other = await scene.tab();
      await eventOf(other.page, "authenticated");
      await writeOffline(scene, ada, "one");
      await scene.page.close();
      await scene.context.setOffline(false);
      await heard(ada).toEqual(allSaid(ada, "one"));
      await other.page.close();
      await scene.end();
    });

    test("is wiped by a logout, with the database that it was in", async () => {
      const ada = person("ada");
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await writeOffline(scene, ada, "one");
      expect(await databasesOf(scene.page)).toEqual([
        expect.stringMatching(/^vouch:outbox:acme-web:[\w-]{36}$/),
      ]);
      await scene.view.send(words(ada.name, "two"));
      await logout(scene.page);
      // A database that is being written goes a moment after the word to delete it.
      await expect.poll(() => databasesOf(scene.page)).toEqual([]);
      await scene.context.setOffline(false);
      expect(await login(scene.page, await tokenOf(ada))).toBe(ada.name);
      await scene.view.send(words(ada.name, "three"));
      await heard(ada).toEqual(allSaid(ada, "three"));
      await scene.end();
    });
  },
  { limits: { sessionRequestsPerMinute: 10_000 } },
);

describeInBrowser(
  "what waits when a session ends by itself",
  (stage) => {
    const heard = ({ name }: { readonly name: string }) =>
      expect.poll(() => heardFrom(stage(), name), { timeout: connectMs });

    /** Signed in by a token that lives no longer than its session; one message waits for the next sign-in. */
    async function expired(who: ReturnType<typeof person>): Promise<Scene> {
      const scene = await setScene(stage());
      // Not before: the page may take seconds of its life to load.
      const token = await contactJwt(who.identity, { expiresInSeconds: sessionSeconds });
      expect(await login(scene.page, token)).toBe(who.name);
      await scene.view.open();
      await scene.view.send(words(who.name, "in time"));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      await eventOf(scene.page, "tokenExpired");
      await scene.view.send(words(who.name, "late"));
      await scene.view.log.getByText("Waiting for you to sign in").waitFor();
      return scene;
    }

    test("is there after a reload, once its writer has signed in", async () => {
      const ada = person("ada");
      const scene = await expired(ada);
      await scene.page.reload();
      expect(await login(scene.page, await tokenOf(ada))).toBe(ada.name);
      await heard(ada).toEqual(allSaid(ada, "late"));
      await scene.end();
    });

    test("goes to nobody else, and is sent when its writer is back", async () => {
      const [ada, bob] = [person("ada"), person("bob")];
      const scene = await expired(ada);
      expect(await login(scene.page, await tokenOf(bob))).toBe(bob.name);
      await scene.view.frame.getByText(`Signed in as ${bob.name}`).waitFor();
      await scene.view.send(words(bob.name, 1));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      expect(await heardFrom(stage(), bob.name)).toEqual([words(bob.name, 1)]);
      expect(await heardFrom(stage(), ada.name)).toEqual(allSaid(ada));
      await logout(scene.page);
      expect(await login(scene.page, await tokenOf(ada))).toBe(ada.name);
      await heard(ada).toEqual(allSaid(ada, "late"));
      expect(await heardFrom(stage(), bob.name)).toEqual([words(bob.name, 1)]);
      await scene.end();
    });
  },
  {
    community: {
      session: {
        idleSeconds: sessionSeconds,
        absoluteSeconds: sessionSeconds,
        anonymousSeconds: sessionSeconds,
      },
      clockSkewSeconds: 0,
    },
    limits: { sessionRequestsPerMinute: 10_000 },
  },
);
