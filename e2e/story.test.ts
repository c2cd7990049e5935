/** The main job, told as users live it: a signed-in customer, an agent, a logout, and the next customer. */

import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { contactJwt, sharedContactJwt } from "./harness/acme.ts";
import { person } from "./harness/scene.ts";
import {
  api,
  describeInBrowser,
  eventOf,
  hostPage,
  messengerOn,
  openDesk,
  type Stage,
  seenEvents,
} from "./harness/stage.ts";

describeInBrowser("the story", (stage) => {
  test("Ada writes, the agent answers, both see it live", async () => {
    const { context, page } = await signedIn(stage(), person("ada").identity);
    const ada = messengerOn(page);
    await ada.open();
    await ada.send("Where is my order?");
    const own = await ada.message("Where is my order?");
    await expect.poll(() => own.getAttribute("data-seq")).toBe("1");

    const desk = await openDesk(stage());
    await desk.page
      .getByRole("button", { name: /Ada/ })
      .or(desk.page.getByRole("link", { name: /Ada/ }))
      .first()
      .click();
    await desk.page.getByRole("log", { name: "Conversation" }).getByText("Where is my order?").waitFor();
    await expect.poll(() => own.getAttribute("data-status")).toBe("read");

    await desk.page.getByRole("textbox", { name: "Reply" }).fill("It arrives tomorrow, Ada.");
    await desk.page.getByRole("button", { name: "Send" }).click();
    const reply = await ada.message("It arrives tomorrow, Ada.");
    expect(await reply.getAttribute("data-seq")).toBe("2");
    await Promise.all([context.close(), desk.context.close()]);
  });

  test("a reload keeps the history", async () => {
    const { context, page } = await signedIn(stage(), person("grace").identity);
    const grace = messengerOn(page);
    await grace.open();
    await grace.send("Still here after a reload?");
    await grace.message("Still here after a reload?");
    await page.reload();
    await grace.open();
    await grace.message("Still here after a reload?");
    await context.close();
  });

  test("logout empties the frame, and the server refuses the old session and the old token", async () => {
    const { context, page, token, sessionToken } = await signedIn(stage(), person("katherine").identity);
    const katherine = messengerOn(page);
    await katherine.open();
    await katherine.send("Nobody should read this later.");
    await katherine.message("Nobody should read this later.");

    await page.evaluate(() => window.Messenger.logout());
    expect((await eventOf(page, "loggedOut")).detail).toEqual({ reason: "logout" });
    await expect.poll(() => katherine.messages.count()).toBe(0);
    expect(await storageOf(page)).toEqual({ session: {}, local: {} });

    const session = await api(stage(), "/session", { token: sessionToken });
    expect([session.status, (await session.json()).code]).toEqual([401, "session_revoked"]);
    const again = await api(stage(), "/sessions", {
      method: "POST",
      token: null,
      body: JSON.stringify({ deploymentId: "acme-web", identity: { type: "contactJwt", token } }),
    });
    expect([again.status, (await again.json()).code]).toEqual([401, "token_revoked"]);
    await page.evaluate(() => window.Messenger.logout());
    await context.close();
  });

  test("Bob sees nothing of Ada, in this tab or another", async () => {
    const { context, page } = await signedIn(stage(), person("lovelace").identity);
    const view = messengerOn(page);
    await view.open();
    await view.send("My account number is 12345.");
    await view.message("My account number is 12345.");

    const bob = person("bob");
    const bobToken = await contactJwt(bob.identity);
    const result = await page.evaluate((contactJwt) => window.Messenger.login({ contactJwt }), bobToken);
    expect(result.contact.platformKey).toBe(`v1/acme/AUTH/jwt/uid:${bob.identity}`);
    await expect.poll(() => view.messages.count()).toBe(0);
    expect(await view.frame.locator("body").innerText()).not.toContain("12345");
    expect((await seenEvents(page)).map((event) => event.name)).toContain("loggedOut");
    await view.frame.getByText(`Signed in as ${bob.name}`).waitFor();
    await view.send("Hello, I am Bob.");
    await view.message("Hello, I am Bob.");

    const other = await context.newPage();
    await other.goto(hostPage(stage(), "/bob", { contactJwt: bobToken }));
    const inOtherTab = messengerOn(other);
    await inOtherTab.open();
    await inOtherTab.message("Hello, I am Bob.");
    expect(await inOtherTab.messages.count()).toBe(1);
    await context.close();
  });

  test("a page without an identity never resurrects the customer who was here before", async () => {
    const { context, page } = await signedIn(stage(), person("hedy").identity);
    const hedy = messengerOn(page);
    await hedy.open();
    await hedy.send("Mine.");
    await hedy.message("Mine.");
    await page.goto(hostPage(stage(), "/signed-out"));
    await hedy.launcher.click();
    await hedy.frame
      .getByText(/sign in/i)
      .first()
      .waitFor();
    expect(await hedy.frame.locator("body").innerText()).not.toContain("Mine.");
    await context.close();
  });

  test("a second browser signed in as Ada sees the same conversation", async () => {
    const { identity } = person("margaret");
    const first = await signedIn(stage(), identity);
    const here = messengerOn(first.page);
    await here.open();
    await here.send("From the desktop.");
    await here.message("From the desktop.");

    const second = await signedIn(stage(), identity, await sharedContactJwt(identity));
    const there = messengerOn(second.page);
    await there.open();
    await there.message("From the desktop.");
    await there.send("From the phone.");
    await here.message("From the phone.");
    expect(await here.messages.count()).toBe(2);
    await Promise.all([first.context.close(), second.context.close()]);
  });

  test("a back end exchanges the Contact JWT, and the page signs in with the platform JWT", async () => {
    const exchange = await api(stage(), "/authorize", {
      method: "POST",
      token: null,
      body: JSON.stringify({
        siteId: 10000,
        messengerId: "acme-web",
        "Contact JWT": await contactJwt("radia"),
        isPreview: false,
      }),
    });
    const { accessToken, tokenType } = await exchange.json();
    expect(tokenType).toBe("platform_jwt");
    const context = await stage().browser.newContext();
    const page = await context.newPage();
    await page.goto(hostPage(stage(), "/platform", { platformJwt: accessToken }));
    const { detail } = await eventOf(page, "authenticated");
    expect(detail).toMatchObject({ contact: { platformKey: "v1/acme/AUTH/jwt/uid:radia", name: "Radia" } });
    await context.close();
  });

  test("an answer that comes while the messenger is closed is counted on the launcher", async () => {
    const { context, page, sessionToken } = await signedIn(stage(), person("annie").identity);
    const { conversation } = await (await api(stage(), "/session", { token: sessionToken })).json();
    await api(stage(), `/agent/conversations/${conversation.id}/messages`, {
      method: "POST",
      body: JSON.stringify({ id: randomUUID(), text: "May I help you?" }),
    });
    await expect
      .poll(async () => (await seenEvents(page)).filter((event) => event.name === "unread").at(-1)?.detail)
      .toEqual({ count: 1 });
    const annie = messengerOn(page);
    await annie.open();
    await annie.message("May I help you?");
    await expect
      .poll(async () => (await seenEvents(page)).filter((event) => event.name === "unread").at(-1)?.detail)
      .toEqual({ count: 0 });
    await context.close();
  });
});

/** A browser of its own on a page where this customer is signed in; resolves once the session is open. */
async function signedIn(stage: Stage, identity: string, token?: string) {
  const contactToken = token ?? (await contactJwt(identity));
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  const opened = page.waitForResponse(
    (response) => response.url().endsWith("/api/v1/sessions") && response.status() === 201,
  );
  await page.goto(hostPage(stage, `/${identity}-${randomUUID()}`, { contactJwt: contactToken }));
  const { sessionToken } = (await (await opened).json()) as { sessionToken: string };
  return { context, page, token: contactToken, sessionToken };
}

/** Everything that the frame's origin keeps in this tab. */
async function storageOf(page: Page) {
  const frame = page.frame("vouch-messenger");
  return frame?.evaluate(() => ({ session: { ...sessionStorage }, local: { ...localStorage } }));
}
