/** Real browsers behind what stands in between: blocked WebSockets, held streams, cut connections, captive portals. */

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ifLate } from "../.ci/if-late.ts";
import { acmeConfig, contactJwt } from "./harness/acme.ts";
import { chromiumPath, closePages, launchBrowser } from "./harness/browser.ts";
import { startCompanion } from "./harness/companion.ts";
import { startHostSite } from "./harness/host-site.ts";
import { type Rules, startProxy, type TestProxy } from "./harness/proxy.ts";
import { login, person } from "./harness/scene.ts";
import { eventOf, hostPage, type MessengerView, messengerOn, type Stage } from "./harness/stage.ts";
import { answer } from "./harness/witness.ts";

const heartbeatMs = 3000;
/** For tests that wait for heartbeats, or for connections to come back. */
const timeout = 90_000;
const open: Rules = { upgrades: "pass", streams: "pass", portal: false, idleMs: null, lost: null };

interface Guest {
  readonly page: Page;
  readonly view: MessengerView;
  readonly name: string;
  leave(): Promise<void>;
}

const hasBrowser = chromiumPath !== undefined || process.env.CI !== undefined;
const title = hasBrowser ? "" : " (skipped: no Chromium; install it or set CHROMIUM_PATH)";

describe.skipIf(!hasBrowser)(`a browser behind a proxy${title}`, () => {
  let stage: Stage;
  let proxy: TestProxy;

  beforeAll(async () => {
    proxy = await startProxy();
    const limits = { heartbeatMs, messagesPerSecond: 50, messageBurst: 100 };
    const [companion, site, browser] = await Promise.all([
      startCompanion({ config: acmeConfig({ limits }), env: { HOST: "localhost", PUBLIC_URL: proxy.url } }),
      startHostSite(),
      launchBrowser(),
    ]);
    proxy.forward(companion.url);
    stage = { companion: { ...companion, url: proxy.url }, site, browser };
  });
  afterAll(async () => {
    await stage?.browser.close();
    await Promise.all([stage?.companion.stop(), stage?.site.close(), proxy?.close()]);
  });
  beforeEach(() => Object.assign(proxy.rules, open));
  // A test that waited in vain leaves its page, which would go on asking beside its second attempt.
  afterEach(() => closePages(stage.browser));

  /** @param clock the test turns the time that the page knows */
  async function enter(first: string, clock = false): Promise<Guest> {
    const who = person(first);
    const context = await stage.browser.newContext();
    context.setDefaultTimeout(20_000);
    if (clock) await context.clock.install();
    const page = await context.newPage();
    await page.goto(hostPage(stage, `/${who.identity}`, { contactJwt: await contactJwt(who.identity) }));
    const view = messengerOn(page);
    await view.open();
    return { page, view, name: who.name, leave: () => context.close() };
  }

  /** Both write in turns; everything arrives once, in order. */
  async function talk({ view, name }: Guest, words: string): Promise<void> {
    const before = await view.messages.count();
    await view.send(`${words}, asked`);
    await view.log.locator('[data-status="sent"], [data-status="delivered"]').last().waitFor();
    // Past the proxy, which is the customer's.
    await answer(direct(), name, `${words}, answered`);
    await view.message(`${words}, answered`);
    await view.send(`${words}, thanked`);
    await expect
      .poll(() => texts(view, before))
      .toEqual(["asked", "answered", "thanked"].map((did) => `${words}, ${did}`));
  }

  const direct = (): Stage => ({
    ...stage,
    companion: { ...stage.companion, url: `http://localhost:${stage.companion.port}` },
  });

  test.each([426, 403, 502, "cut", "page"] as const)(
    "that answers WebSockets with %s: both sides talk over HTTP",
    async (upgrades) => {
      proxy.rules.upgrades = upgrades;
      const guest = await enter("ada");
      await talk(guest, "Over HTTP");
      expect(proxy.webSockets()).toBe(0);
      await guest.leave();
    },
  );

  // Twice: what is lost on a connection that served before, Chromium asks for again by itself. Tried again: what is seconds late
  // on a busy machine is asked for once more.
  test.each([
    "/assets/connection",
    "/embed/",
    "/assets/main",
    "/assets/attention",
    "/api/v1/sessions",
    "/assets/mount",
    "/assets/beside",
    "/assets/companies",
    "/assets/attachments",
  ])("that loses %s… twice: the messenger opens all the same", { retry: ifLate }, async (path) => {
    const before = proxy.asked.length;
    proxy.rules.lost = { path, times: 2 };
    const guest = await enter("eve");
    await talk(guest, "Opened");
    await guest.view.frame.getByRole("button", { name: "Attach files" }).waitFor();
    const asked = (): string[] => proxy.asked.slice(before).filter((line) => line.includes(path));
    await expect.poll(asked, { timeout: 10_000 }).toHaveLength(3);
    await guest.leave();
  });

  test("that loses the loader's second file for good, as it seems: who opens the messenger later is no visitor", async () => {
    proxy.rules.lost = { path: "/assets/connection", times: Number.POSITIVE_INFINITY };
    const page = await stage.browser.newPage();
    const flora = person("flora");
    const token = await contactJwt(flora.identity, { community: "lobby" });
    await page.goto(hostPage(stage, "/flora", { deploymentId: "acme-lobby", contactJwt: token }));
    await eventOf(page, "error");
    proxy.rules.lost = null;
    const view = messengerOn(page);
    await view.open();
    await view.frame.getByText(`Signed in as ${flora.name}`).waitFor();
    await page.context().close();
  });

  test("that loses the question what comes along with a sign-in: it is asked all the same", async () => {
    const page = await stage.browser.newPage();
    await page.goto(hostPage(stage, "/gina", { deploymentId: "acme-lobby" }));
    const view = messengerOn(page);
    await view.open();
    await view.send("Before");
    await view.log.locator('[data-status="sent"]').waitFor();
    proxy.rules.lost = { path: "/assets/question", times: 2 };
    const gina = person("gina");
    const signedIn = login(page, await contactJwt(gina.identity, { community: "lobby" }));
    await view.frame.getByRole("alertdialog").getByRole("button", { name: "Continue" }).click();
    expect(await signedIn).toBe(gina.name);
    await view.message("Before");
    await page.context().close();
  });

  test.each([
    ["a page", { status: 404 }],
    ["a code of its own", { status: 503, json: { code: 503, message: "no upstream" } }],
  ])("that answers for the server with %s: the messenger opens all the same", async (_, by) => {
    proxy.rules.lost = { path: "/api/v1/sessions", times: 1, by };
    const guest = await enter("hedy");
    await talk(guest, "Opened");
    await guest.leave();
  });

  test("that holds streams back as well: both sides talk by long polls", { timeout }, async () => {
    Object.assign(proxy.rules, { upgrades: 403, streams: "held" });
    const guest = await enter("bob");
    await talk(guest, "By polls");
    await talk(guest, "And again");
    await guest.leave();
  });

  test("that lets WebSockets through after a while: the page goes back to them, and nobody notices", {
    timeout,
  }, async () => {
    proxy.rules.upgrades = 426;
    const guest = await enter("cleo", true);
    await talk(guest, "Before");
    const throughSocket: string[] = [];
    guest.page.on("websocket", (socket) =>
      socket.on("framesent", ({ payload }) => throughSocket.push(String(payload))),
    );
    proxy.rules.upgrades = "pass";
    await guest.page.clock.fastForward(31_000);
    await expect.poll(() => proxy.webSockets(), { timeout: 10_000 }).toBe(1);
    // Connected is not taken over yet; what is in use has a heartbeat.
    await expect.poll(() => throughSocket.join(), { timeout: 15_000 }).toContain('"ping"');
    const posts = () => proxy.asked.filter((line) => line === "POST /api/v1/events").length;
    await expect.poll(() => guest.view.frame.locator(".banner").count()).toBe(0);
    const before = posts();
    await talk(guest, "After");
    expect(posts()).toBe(before);
    await guest.leave();
  });

  // A machine that stands still for a heartbeat loses the connection, and rightly so.
  test("that cuts what is silent: a heartbeat keeps the WebSocket", { timeout, retry: ifLate }, async () => {
    proxy.rules.idleMs = 3 * heartbeatMs;
    const guest = await enter("dora");
    await talk(guest, "Early");
    const count = () => proxy.asked.filter((line) => line.startsWith("WS ")).length;
    const before = count();
    let pings = 0;
    guest.page.on("websocket", (socket) => socket.on("framesent", () => pings++));
    await guest.page.reload();
    await guest.view.open();
    await expect.poll(() => pings, { timeout: 40_000 }).toBeGreaterThan(5);
    expect(count()).toBe(before + 1);
    await talk(guest, "Late");
    await guest.leave();
  });

  test("that cuts everything again and again: what both write arrives once, in order", {
    timeout,
  }, async () => {
    const guest = await enter("emil");
    const { view, name } = guest;
    await view.send("First");
    await view.log.locator('[data-status="sent"]').waitFor();
    const said: string[] = [];
    const heard: string[] = [];
    const storm = setInterval(() => proxy.reset(), 400);
    try {
      for (let n = 1; n <= 12; n++) {
        said.push(`Said ${n}.`);
        await view.send(`Said ${n}.`);
        if (n % 3 === 0) {
          heard.push(`Heard ${n}.`);
          await answer(direct(), name, `Heard ${n}.`);
        }
      }
    } finally {
      clearInterval(storm);
    }
    await expect
      .poll(async () => (await texts(view, 1)).filter((text) => text.startsWith("Said")), { timeout: 20_000 })
      .toEqual(said);
    await expect
      .poll(async () => (await texts(view, 1)).filter((text) => text.startsWith("Heard")), {
        timeout: 20_000,
      })
      .toEqual(heard);
    expect((await texts(view, 0)).length).toBe(1 + said.length + heard.length);
    await guest.leave();
  });

  test("that asks for a room number: shown as no connection, and what was written is sent once it lets one in", {
    timeout,
  }, async () => {
    const guest = await enter("fred");
    const { view } = guest;
    await talk(guest, "At home");
    proxy.rules.portal = true;
    proxy.reset();
    await view.frame.getByText("Connection lost").first().waitFor();
    await view.send("From the hotel");
    await view.log.locator('[data-status="sending"]', { hasText: "From the hotel" }).waitFor();
    proxy.rules.portal = false;
    const retry = view.frame.getByRole("button", { name: "Try now" });
    await retry.click({ timeout: 5000 }).catch(() => {});
    await view.message("From the hotel");
    await expect.poll(() => view.log.locator('[data-status="sending"]').count()).toBe(0);
    await guest.leave();
  });
});

/** What stands in the log, from a place on. */
async function texts(view: MessengerView, from: number): Promise<string[]> {
  const all = await view.messages.locator(".bubble").allTextContents();
  return all.slice(from);
}
