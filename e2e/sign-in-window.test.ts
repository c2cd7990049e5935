/** The messenger's own sign-in window, with a real OpenID provider: a visitor signs in and takes the conversation along. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { clientId, clientSecret } from "../server/oidc/testing/breaking-provider.ts";
import { startRealProvider } from "../server/oidc/testing/real-provider.ts";
import { snippet } from "../shared/snippet.ts";
import { describeInBrowser, messengerOn } from "./harness/stage.ts";

const provider = await startRealProvider();
afterAll(() => provider.close());
/** What no attempt before has written: the customer is the same. */
let texts = 0;

describeInBrowser(
  "the sign-in window",
  (stage) => {
    // Once, also where the test is tried again.
    beforeAll(() => provider.register(stage().companion.url, "lobby"));

    test("signs a visitor in, with the conversation, and out again with the page", async () => {
      const context = await stage().browser.newContext();
      const page = await context.newPage();
      // Without listeners: a page that hears `signInRequested` has a sign-in of its own.
      const html = `<!doctype html><title>Acme</title>${snippet({ publicUrl: stage().companion.url, deploymentId: "acme-lobby" })}`;
      await page.goto(stage().site.serve("/window", { html }));
      const view = messengerOn(page);
      await view.open();
      const text = `My order is late, ${++texts}`;
      await view.send(text);
      await view.log.locator('[data-status="sent"]').waitFor();
      await view.frame.getByRole("button", { name: "Sign in" }).click();
      await view.frame.getByText("Signed in as ada").waitFor();
      await expect.poll(() => context.pages().length).toBe(1);
      await view.message(text);

      await page.reload();
      await view.open();
      await view.frame.getByRole("button", { name: "Sign in" }).waitFor();
      expect(await view.messages.count()).toBe(0);
      await context.close();
    });
  },
  {
    env: { VOUCH_ALLOW_LOOPBACK: "1" },
    lobby: {
      stepUp: "always",
      oidc: {
        name: "sso",
        discoveryUri: provider.discoveryUri,
        clientId,
        clientSecret,
        scope: "openid profile",
      },
    },
  },
);
