/** A shop that is open in two tabs of one browser, has one customer at a time, and is asked for tokens by both. */

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { contactJwt } from "./acme.ts";
import { keptBy, keptByNobody, watchSockets } from "./kept.ts";
import type { person, Scene } from "./scene.ts";
import { words, writersIn } from "./sights.ts";
import { eventOf, hostPage, type Stage } from "./stage.ts";
import { conversationsOf, stateOf } from "./witness.ts";

/** What the server or the browser does behind the scenes may take; what is seen has a second. */
const soon = { timeout: 10_000 };

/** What tokens of the shop live for: a later `login()` that is late with one is not asked again. */
const tokenSeconds = 8;

/** A sign-in is told to the other tab by the page, as shops do; a sign-out is the messenger’s to tell. */
const plugin = `<script>
Messenger.registerPlugin("AuthProvider", { getToken: async () => {
  const contactJwt = await window.tokenOfTest();
  return contactJwt && { contactJwt };
} });
const shop = new BroadcastChannel("shop");
shop.onmessage = ({ data }) => (data === "in" ? Messenger.login().catch(() => {}) : Messenger.logout());
</script>`;

export type Customer = ReturnType<typeof person>;

type Tab = Pick<Scene, "page" | "view"> & { readonly sockets: ReturnType<typeof watchSockets> };

export interface TabbedShop {
  /** Those that are open. */
  tabs(): readonly Tab[];
  /** Opens it where it is not open yet, the first one first. */
  tab(number: 0 | 1): Promise<Tab>;
  change(tab: Tab, to: Customer | null, isAwaited: boolean): Promise<void>;
  /** @param late with a token that has expired already; the next one is good */
  reload(tab: Tab, late: boolean): Promise<void>;
  /** Nobody does anything until the sessions and the tokens of now have expired. */
  expire(): Promise<void>;
  /** Shown, kept, connected and alive is what belongs to the customer of the last call, in every tab. */
  settle(): Promise<void>;
}

export async function openTabbedShop(stage: Stage, scene: Scene): Promise<TabbedShop> {
  let customer: Customer | null = null;
  /** Where the next token has expired already. */
  let latePage: Page | null = null;
  let newestExpiryMs = 0;
  /** Nobody’s sign-in is under way. Of one that is the messenger can’t tell the other tab whose it will be. */
  let isSettled = true;
  const tabs: Tab[] = [];
  const presented = new Set<string | undefined>();
  scene.context.on("request", (request) => presented.add(request.headers().authorization?.slice(7)));
  hostPage(stage, new URL(scene.url).pathname, { after: plugin });
  await scene.context.exposeBinding("tokenOfTest", ({ page }) => {
    const expiresInSeconds = page === latePage ? -1 : tokenSeconds;
    if (page === latePage) latePage = null;
    if (!customer) return null;
    newestExpiryMs = Math.max(newestExpiryMs, Date.now() + expiresInSeconds * 1000);
    return contactJwt(customer.identity, { expiresInSeconds });
  });

  async function open({ page, view }: Tab): Promise<void> {
    await page.evaluate(() => window.Messenger.open());
    await view.frame.locator("header").waitFor();
  }

  const storedToken = async ({ page }: Tab): Promise<string | undefined> =>
    (await page.frame("vouch-messenger")?.evaluate(() => sessionStorage.getItem("vouch:acme-web:session")))
      ?.split(" ")
      .at(0);

  async function belongsTo(tab: Tab, who: Customer | null): Promise<void> {
    const { page, view, sockets } = tab;
    const kept = async () => keptBy(page.frame("vouch-messenger") ?? page);
    if (!who) {
      await view.frame.getByText(/You are signed out|Sign in to chat/).waitFor();
      expect(await view.messages.count()).toBe(0);
      await expect.poll(kept, soon).toBe(keptByNobody("vouch-messenger"));
      await expect.poll(sockets, soon).toEqual([]);
      return;
    }
    await view.frame.getByText(`Signed in as ${who.name}`).waitFor();
    await view.message(words(who.name, "before"));
    await view.log.locator('[data-status="sending"]').first().waitFor({ state: "detached" });
    const text = (await view.frame.locator("body").textContent()) ?? "";
    expect(writersIn(text)).toEqual([who.name]);
    const [conversation] = await conversationsOf(stage, [who.name]);
    const foreign = async () => {
      const ids = (await kept()).match(/[\da-f]{8}-[\da-f-]{27}/g) ?? [];
      return ids.filter((id) => id !== conversation?.contact.id);
    };
    await expect.poll(foreign, soon).toEqual([]);
    expect(await kept()).toContain(conversation?.contact.id);
    await expect.poll(() => sockets().filter((heard) => heard !== conversation?.id), soon).toEqual([]);
    expect(sockets().length).toBeLessThanOrEqual(1);
  }

  /** When the tab had nobody’s words and nobody’s name in sight any more, by the clock of the tests. */
  const emptiedAt = (tab: Tab, from: number): number => {
    const seen = scene.sights.filter(({ page }) => page === tab.page);
    const isEmpty = ({ holder, text }: (typeof seen)[number]) => !holder && writersIn(text).length === 0;
    const before = seen.findLast(({ at }) => at < from);
    if (!before || isEmpty(before)) return from;
    return seen.find((sight) => sight.at >= from && isEmpty(sight))?.at ?? Number.POSITIVE_INFINITY;
  };

  async function signOut({ page }: Tab, isAwaited: boolean): Promise<void> {
    const calledAt = Date.now();
    const toldBy = isSettled ? "messenger" : "page";
    const done = page
      .evaluate(async (toldBy) => {
        if (toldBy === "page") new BroadcastChannel("shop").postMessage("out");
        await window.Messenger.logout();
      }, toldBy)
      // Its page was reloaded.
      .catch(() => {});
    if (!isAwaited) return;
    await done;
    for (const tab of tabs)
      await expect.poll(() => emptiedAt(tab, calledAt), { interval: 20 }).toBeLessThan(calledAt + 1000);
  }

  async function signIn({ page }: Tab, isAwaited: boolean): Promise<void> {
    isSettled = false;
    const done = page
      .evaluate(async () => {
        new BroadcastChannel("shop").postMessage("in");
        await window.Messenger.login().catch(() => {});
      })
      .catch(() => {});
    if (isAwaited) await done;
  }

  return {
    tabs: () => tabs,

    async tab(number) {
      const existing = tabs[number];
      if (existing) return existing;
      const { page, view } = tabs.length === 0 ? scene : await scene.tab();
      const tab = { page, view, sockets: watchSockets(page) };
      tabs.push(tab);
      isSettled &&= customer === null;
      await page.reload();
      await open(tab);
      return tab;
    },

    change(tab, to, isAwaited) {
      customer = to;
      return to ? signIn(tab, isAwaited) : signOut(tab, isAwaited);
    },

    async reload(tab, late) {
      isSettled = false;
      latePage = late ? tab.page : null;
      await tab.page.reload();
      // The token of a page that loads is asked for again where it is refused; that of a later login() is not.
      if (late && customer) await eventOf(tab.page, "authenticating");
      await open(tab);
    },

    async expire() {
      for (const token of scene.sessionTokens)
        await expect.poll(() => stateOf(stage, token), { timeout: 20_000 }).not.toBe("ok");
      await expect.poll(() => Date.now(), { timeout: 20_000 }).toBeGreaterThan(newestExpiryMs);
    },

    async settle() {
      for (const tab of tabs) {
        await open(tab);
        await belongsTo(tab, customer);
      }
      const own = await Promise.all(tabs.map(storedToken));
      for (const token of scene.sessionTokens)
        if (own.includes(token)) expect(["ok", "session_expired"]).toContain(await stateOf(stage, token));
        // Of what was opened for a page that had gone meanwhile nobody has the token.
        else if (presented.has(token)) await expect.poll(() => stateOf(stage, token), soon).not.toBe("ok");
      isSettled = true;
    },
  };
}
