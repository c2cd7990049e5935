/** What goes wrong on a host page, and what its developer is told. */

import { expect, test } from "vitest";
import type { ErrorCode } from "../shared/problems.ts";
import { contactJwt } from "./harness/acme.ts";
import { startHostSite } from "./harness/host-site.ts";
import { describeInBrowser, eventOf, hostPage, messengerOn, seenEvents } from "./harness/stage.ts";

describeInBrowser("a page whose token is refused", (stage) => {
  const refusals: readonly [code: ErrorCode, token: () => Promise<string>][] = [
    ["placeholder_not_replaced", async () => "{{ contact_jwt }}"],
    ["token_expired", () => contactJwt("ada", { expiresInSeconds: -3600 })],
    ["signature_invalid", tampered],
    ["signature_invalid", () => contactJwt("ada", { wrongKey: true })],
    ["token_malformed", async () => "not-a-token"],
    ["expiry_too_far", () => contactJwt("ada", { expiresInSeconds: 10 * 365 * 86_400 })],
    ["identity_missing", () => contactJwt("ada", { claims: { identity: undefined } })],
    ["audience_mismatch", () => contactJwt("ada", { community: "lobby" })],
  ];

  test.each(refusals)("is told %s, with cause and fix, and opens no session", async (code, token) => {
    const context = await stage().browser.newContext();
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(hostPage(stage(), `/refused-${code}`, { contactJwt: await token() }));
    const { detail } = await eventOf(page, "authError");
    expect(detail).toMatchObject({ code });
    expect(String(detail?.message).length).toBeGreaterThan(40);
    await expect.poll(() => errors.join("\n")).toContain(code);

    const view = messengerOn(page);
    await view.launcher.click();
    await view.frame.locator("body").getByText(/sign/i).first().waitFor();
    expect(await view.messages.count()).toBe(0);
    await context.close();
  });

  test("login() rejects with a MessengerError that can be branched on", async () => {
    const context = await stage().browser.newContext();
    const page = await context.newPage();
    await page.goto(hostPage(stage(), "/login-rejects"));
    const error = await page.evaluate(
      async (contactJwt) => {
        const { name, code, message, retryable } = await window.Messenger.login({ contactJwt }).then(
          () => ({ name: "", code: "", message: "", retryable: null }),
          (reason) => reason,
        );
        return { name, code, message, retryable };
      },
      await contactJwt("ada", { expiresInSeconds: -3600 }),
    );
    expect(error).toMatchObject({ name: "MessengerError", code: "token_expired", retryable: false });

    const result = await page.evaluate(
      (contactJwt) => window.Messenger.login({ contactJwt }),
      await contactJwt("ada"),
    );
    expect(result.contact).toMatchObject({ name: "Ada", platformKey: "v1/acme/AUTH/jwt/uid:ada" });
    expect(Date.parse(result.sessionExpiresAt)).toBeGreaterThan(Date.now());
    await context.close();
  });
});

describeInBrowser("a page outside the allowed origins", (stage) => {
  test("can't frame the messenger, and is told why", async () => {
    const stranger = await startHostSite("127.0.0.1");
    const context = await stage().browser.newContext();
    const page = await context.newPage();
    const url = hostPage({ ...stage(), site: stranger }, "/", { contactJwt: await contactJwt("ada") });
    await page.goto(url);
    const { detail } = await eventOf(page, "error");
    expect(detail).toMatchObject({ code: "origin_not_allowed" });
    expect(String(detail?.message)).toContain("allowedOrigins");
    expect(await page.frame("vouch-messenger")?.locator("#messenger").count()).toBe(0);
    await context.close();
    await stranger.close();
  });

  test("can't open a session either, whatever it sends", async () => {
    const response = await fetch(`${stage().companion.url}/api/v1/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: "https://evil.example" },
      body: JSON.stringify({
        deploymentId: "acme-web",
        identity: { type: "contactJwt", token: await contactJwt("ada") },
      }),
    });
    expect([response.status, (await response.json()).code]).toEqual([403, "origin_not_allowed"]);
  });
});

describeInBrowser(
  "a page whose deployment is not there",
  (stage) => {
    test.each([
      ["deployment_unknown", "acme-wbe"],
      ["deployment_inactive", "acme-web"],
    ] as const)(
      "is told %s where it opens the messenger and where it logs in",
      async (code, deploymentId) => {
        const context = await stage().browser.newContext();
        const page = await context.newPage();
        await page.goto(hostPage(stage(), `/${code}`, { deploymentId }));
        const { launcher } = messengerOn(page);
        await launcher.click();
        const { detail } = await eventOf(page, "error");
        expect(detail).toMatchObject({ code });
        await eventOf(page, "closed");
        const refused = await page.evaluate(
          (contactJwt) =>
            window.Messenger.login({ contactJwt }).then(
              () => null,
              ({ name, code, message }) => ({ name, code, message }),
            ),
          await contactJwt("ada"),
        );
        expect(refused).toMatchObject({ name: "MessengerError", code });
        expect(refused?.message).not.toContain("allowedOrigins");
        // Harmless, and asked for anew each time.
        await page.evaluate(() => window.Messenger.logout());
        await launcher.click();
        await expect
          .poll(async () => (await seenEvents(page)).filter(({ name }) => name === "error").length)
          .toBe(2);
        await context.close();
      },
    );
  },
  { deployment: { active: false } },
);

/** Mallory's claims under the signature of a token for Ada. */
async function tampered(): Promise<string> {
  const [header, , signature] = (await contactJwt("ada")).split(".");
  const [, payload] = (await contactJwt("mallory")).split(".");
  return `${header}.${payload}.${signature}`;
}
