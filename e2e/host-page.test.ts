/** Living on somebody else's page: strict policies, navigation without reload, the browser's page cache. */

import { expect, test } from "vitest";
import { contactJwt } from "./harness/acme.ts";
import { person, tokenOf } from "./harness/scene.ts";
import {
  describeInBrowser,
  eventOf,
  hostPage,
  messengerOn,
  seenEvents,
  seenViolations,
} from "./harness/stage.ts";

describeInBrowser("the messenger on a host page", (stage) => {
  test("works under a strict CSP with nonces and Trusted Types, without a single violation", async () => {
    const nonce = "bm9uY2UgZm9yIHRlc3Rz";
    const { context, page } = await open(
      hostPage(stage(), "/strict", {
        contactJwt: await tokenOf(person("ada")),
        nonce,
        headers: {
          "content-security-policy": `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; frame-src ${stage().companion.url}; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'`,
        },
      }),
    );
    const violationsInFrame: string[] = [];
    page.on(
      "console",
      (message) =>
        /Content Security Policy|Trusted/i.test(message.text()) && violationsInFrame.push(message.text()),
    );
    const view = messengerOn(page);
    await view.open();
    await view.send("Strict, and fine.");
    await view.message("Strict, and fine.");
    await expect
      .poll(() => view.launcher.evaluate((button) => getComputedStyle(button).position))
      .not.toBe("static");
    await page.evaluate(() => window.Messenger.logout());
    expect(await seenViolations(page)).toEqual([]);
    expect(violationsInFrame).toEqual([]);
    await context.close();
  });

  test("names the directive where the host's CSP blocks the frame", async () => {
    const { context, page } = await open(
      hostPage(stage(), "/no-frames", {
        contactJwt: await contactJwt("ada"),
        headers: { "content-security-policy": "frame-src 'none'" },
      }),
    );
    const { detail } = await eventOf(page, "error");
    expect(detail).toMatchObject({ code: "blocked_by_csp" });
    expect(String(detail?.message)).toContain("frame-src");
    await context.close();
  });

  test("survives the snippet twice", async () => {
    const { context, page } = await open(hostPage(stage(), "/once", { deploymentId: "acme-lobby" }));
    const script = await page.locator("script:not([src])").last().innerText();
    await page.evaluate((text) => {
      const element = document.createElement("script");
      element.textContent = text;
      document.body.append(element);
    }, script);
    const view = messengerOn(page);
    await view.open();
    expect(await page.locator("vouch-messenger").count()).toBe(1);
    await context.close();
  });

  test("opens on a page that has the loader of before an upgrade", async () => {
    const { context, page } = await open("about:blank");
    const asked: string[] = [];
    await page.route("**/messenger.js", async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/connection-[\w-]+\.js/, "connection-ofBefore.js");
      await route.fulfill({ response, body });
    });
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(hostPage(stage(), "/upgraded", { contactJwt: await contactJwt("ada") }));
    await messengerOn(page).open();
    expect(asked).toContain("/assets/connection-ofBefore.js");
    await context.close();
  });

  test("comes back with its session when a navigation replaces the body", async () => {
    const { context, page } = await open(
      hostPage(stage(), "/spa", { contactJwt: await tokenOf(person("spa")) }),
    );
    const view = messengerOn(page);
    await view.open();
    await view.send("Before the navigation.");
    await view.message("Before the navigation.");
    await page.evaluate(() => {
      const next = document.createElement("body");
      next.append("The next page");
      document.body.replaceWith(next);
    });
    await view.launcher.waitFor();
    if ((await view.launcher.getAttribute("aria-expanded")) === "false") await view.launcher.click();
    await view.message("Before the navigation.");
    await view.send("After the navigation.");
    await view.message("After the navigation.");
    expect(await page.locator("vouch-messenger").count()).toBe(1);
    await context.close();
  });

  test("comes back when the element is removed and put back", async () => {
    const { context, page } = await open(
      hostPage(stage(), "/put-back", { contactJwt: await tokenOf(person("turbo")) }),
    );
    const view = messengerOn(page);
    await view.open();
    await view.send("Do not lose me.");
    await view.message("Do not lose me.");
    await page.evaluate(() => {
      const element = document.querySelector("vouch-messenger");
      element?.remove();
      if (element) document.body.append(element);
    });
    await view.message("Do not lose me.");
    await view.send("Still here.");
    await view.message("Still here.");
    await context.close();
  });

  test("works again when the page returns from the browser's page cache", async () => {
    const { context, page } = await open(
      hostPage(stage(), "/cached", { contactJwt: await tokenOf(person("bfcache")) }),
    );
    const view = messengerOn(page);
    await view.open();
    await view.send("Before.");
    await view.message("Before.");
    await page.goto(hostPage(stage(), "/elsewhere"));
    await page.goBack();
    await view.launcher.waitFor();
    if ((await view.launcher.getAttribute("aria-expanded")) === "false") await view.launcher.click();
    await view.message("Before.");
    await view.send("After.");
    await view.message("After.");
    await context.close();
  });

  test("is hidden by hide() and shown by show()", async () => {
    const { context, page } = await open(hostPage(stage(), "/hidden", { deploymentId: "acme-lobby" }));
    const { launcher } = messengerOn(page);
    await launcher.waitFor();
    await page.evaluate(() => window.Messenger.hide());
    await page.locator("vouch-messenger button").waitFor({ state: "hidden" });
    await page.evaluate(() => window.Messenger.show());
    await launcher.waitFor();
    await context.close();
  });

  test("is taken away by destroy() and brought back by boot(), each harmless twice", async () => {
    const { context, page } = await open(hostPage(stage(), "/destroy", { deploymentId: "acme-lobby" }));
    await messengerOn(page).launcher.waitFor();
    const pending = await page.evaluate(async () => {
      const login = window.Messenger.login({ getToken: () => new Promise(() => {}) }).catch(
        (error) => error.code,
      );
      window.Messenger.destroy();
      window.Messenger.destroy();
      return login;
    });
    expect(pending).toBe("destroyed");
    expect(await page.locator("vouch-messenger").count()).toBe(0);
    await page.evaluate(() => {
      window.Messenger.boot();
      window.Messenger.boot();
    });
    await messengerOn(page).open();
    expect(await page.locator("vouch-messenger").count()).toBe(1);
    await context.close();
  });

  test("keeps working for references and promises made before it loaded", async () => {
    const token = await contactJwt("early");
    const { context, page } = await open(
      hostPage(stage(), "/early", {
        after: `<script>
          window.early = Messenger;
          window.earlyLogin = Messenger.login({ contactJwt: ${JSON.stringify(token)} });
          window.heard = [];
          window.unsubscribe = Messenger.on("opened", () => heard.push("kept"));
          Messenger.on("opened", () => heard.push("removed"))();
        </script>`,
      }),
    );
    const name = await page.evaluate(async () => {
      const early = window as unknown as {
        early: typeof window.Messenger;
        earlyLogin: Promise<{ contact: { name: string } }>;
      };
      const { contact } = await early.earlyLogin;
      early.early.open();
      return contact.name;
    });
    expect(name).toBe("Early");
    await messengerOn(page).composer.waitFor();
    await expect
      .poll(() => page.evaluate(() => (window as unknown as { heard: string[] }).heard))
      .toEqual(["kept"]);
    await context.close();
  });

  test("replays ready and the authentication state to late subscribers", async () => {
    const { context, page } = await open(
      hostPage(stage(), "/late", { contactJwt: await contactJwt("late") }),
    );
    await eventOf(page, "authenticated");
    const replayed = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const names: string[] = [];
          window.Messenger.on("ready", () => names.push("ready"));
          window.Messenger.on("authenticated", ({ contact }) => {
            names.push(contact.platformKey);
            resolve(names);
          });
        }),
    );
    expect(replayed).toEqual(["ready", "v1/acme/AUTH/jwt/uid:late"]);
    expect((await seenEvents(page)).filter(({ name }) => name === "ready")).toHaveLength(1);
    await context.close();
  });

  test("moves the focus in on opening and back on Escape", async () => {
    const { context, page } = await open(
      hostPage(stage(), "/focus", { contactJwt: await contactJwt("keys") }),
    );
    const view = messengerOn(page);
    await view.launcher.focus();
    await page.keyboard.press("Enter");
    await view.composer.waitFor();
    await expect
      .poll(() => view.composer.evaluate((element) => element === document.activeElement))
      .toBe(true);
    await page.keyboard.press("Escape");
    await expect
      .poll(() =>
        view.launcher.evaluate((element) => (element.getRootNode() as ShadowRoot).activeElement === element),
      )
      .toBe(true);
    await expect.poll(() => view.launcher.getAttribute("aria-expanded")).toBe("false");
    await context.close();
  });

  async function open(url: string) {
    const context = await stage().browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    return { context, page };
  }
});
