/** A visitor signs in, under each policy: what comes along, what stays behind, and what the agents have of it. */

import { expect, test } from "vitest";
import { contactJwt } from "./harness/acme.ts";
import { login, logout, person, type Scene, setScene } from "./harness/scene.ts";
import { words } from "./harness/sights.ts";
import { describeInBrowser, type Stage } from "./harness/stage.ts";
import { conversationsOf, haveWritten, heardFrom, messagesIn, stateOf } from "./harness/witness.ts";

const lobby = { deploymentId: "acme-lobby", community: "lobby" } as const;
const verifiedFrom = "Signed in. From here on it is certain who is writing.";
const writtenBefore = "Written before signing in:";
const limits = { sessionRequestsPerMinute: 10_000 };

const tokenFor = ({ identity }: ReturnType<typeof person>): Promise<string> => contactJwt(identity, lobby);

/** A visitor with one message stored, one in the outbox, and one being written. */
async function asVisitor(stage: Stage): Promise<Scene> {
  const scene = await setScene(stage, lobby);
  const { view } = scene;
  await view.open();
  await view.send(words("Visitor", "stored"));
  await view.log.locator('[data-status="sent"]').waitFor();
  await view.composer.fill(words("Visitor", "draft"));
  return scene;
}

const shown = ({ view }: Scene): Promise<string[]> =>
  view.log.locator("[role=article] .bubble").allInnerTexts();

async function stepUp(scene: Scene, who: ReturnType<typeof person>, choice?: string): Promise<void> {
  const signedIn = login(scene.page, await tokenFor(who));
  if (choice) await scene.view.frame.getByRole("alertdialog").getByRole("button", { name: choice }).click();
  expect(await signedIn).toBe(who.name);
  await scene.view.frame.getByText(`Signed in as ${who.name}`).waitFor();
}

describeInBrowser(
  "step-up, where the customer is asked",
  (stage) => {
    test("Continue: conversation, outbox and draft become the customer’s, and the visitor’s session ends", async () => {
      const ada = person("ada");
      const scene = await asVisitor(stage());
      await scene.context.setOffline(true);
      await scene.view.send(words("Visitor", "unsent"));
      await scene.view.composer.fill(words("Visitor", "draft"));
      const [visitorToken = ""] = scene.sessionTokens;
      const token = await tokenFor(ada);
      await scene.page.evaluate((contactJwt) => {
        window.Messenger.login({ contactJwt }).catch(() => {});
      }, token);
      await scene.context.setOffline(false);
      // The question is a file of its own, which could not be loaded before.
      await scene.view.frame.getByRole("alertdialog").getByRole("button", { name: "Continue" }).click();
      await scene.view.frame.getByText(`Signed in as ${ada.name}`).waitFor();
      await expect.poll(() => shown(scene)).toContain(words("Visitor", "unsent"));
      expect(await scene.view.composer.inputValue()).toBe(words("Visitor", "draft"));
      await scene.view.composer.press("Enter");
      await expect.poll(() => heardFrom(stage(), ada.name)).toContain(words("Visitor", "draft"));
      const all = (await heardFrom(stage(), ada.name)).filter((text) => text !== verifiedFrom);
      expect(all).toEqual(["stored", "unsent", "draft"].map((what) => words("Visitor", what)));
      expect(await stateOf(stage(), visitorToken)).toBe("session_revoked");
      await scene.end();
    });

    test("Continue, with a conversation of before: joined in order, marked where they meet, for agents too", async () => {
      const ada = person("ada");
      await haveWritten(stage(), ada.identity, [words(ada.name, 1), words(ada.name, 2)], lobby);
      const scene = await asVisitor(stage());
      await stepUp(scene, ada, "Continue");
      const joined = [words(ada.name, 1), words(ada.name, 2), writtenBefore, words("Visitor", "stored")];
      await expect.poll(() => shown(scene)).toEqual(joined);
      expect(await scene.view.composer.inputValue()).toBe(words("Visitor", "draft"));
      const conversations = await conversationsOf(stage(), [ada.name]);
      expect(conversations).toHaveLength(1);
      const messages = await messagesIn(stage(), conversations[0]?.id ?? "");
      expect(messages.map(({ text, verified }) => [text, verified])).toEqual([
        [words(ada.name, 1), true],
        [words(ada.name, 2), true],
        [writtenBefore, expect.any(Boolean)],
        [words("Visitor", "stored"), false],
      ]);
      await scene.end();
    });

    test("Start fresh: nothing comes along, and nobody gets the visitor’s session any more", async () => {
      const ada = person("ada");
      await haveWritten(stage(), ada.identity, [words(ada.name, 1)], lobby);
      const scene = await asVisitor(stage());
      const [visitorToken = ""] = scene.sessionTokens;
      await stepUp(scene, ada, "Start fresh");
      await expect.poll(() => shown(scene)).toEqual([words(ada.name, 1)]);
      expect(await scene.view.composer.inputValue()).toBe("");
      expect(await heardFrom(stage(), ada.name)).toEqual([words(ada.name, 1)]);
      await expect.poll(() => stateOf(stage(), visitorToken)).toBe("session_revoked");
      await scene.end();
    });

    test("a logout before the answer: it stays with nobody, and nobody is asked any more", async () => {
      const ada = person("ada");
      const scene = await asVisitor(stage());
      const [visitorToken = ""] = scene.sessionTokens;
      const signedIn = login(scene.page, await tokenFor(ada));
      await scene.view.frame.getByRole("alertdialog").waitFor();
      await logout(scene.page);
      expect(await signedIn).toBe("identity_changed");
      await scene.view.frame.getByRole("alertdialog").waitFor({ state: "detached" });
      expect(await scene.view.messages.count()).toBe(0);
      await expect.poll(() => stateOf(stage(), visitorToken)).toBe("session_revoked");
      expect(await heardFrom(stage(), ada.name)).toEqual([]);
      await scene.end();
    });
  },
  { limits },
);

describeInBrowser(
  "step-up, always",
  (stage) => {
    test("the conversation comes along unasked, draft and all", async () => {
      const ada = person("ada");
      const scene = await asVisitor(stage());
      await stepUp(scene, ada);
      await expect.poll(() => shown(scene)).toEqual([words("Visitor", "stored"), verifiedFrom]);
      expect(await scene.view.composer.inputValue()).toBe(words("Visitor", "draft"));
      await scene.end();
    });

    test("a signed-in session never steps down: after the logout there is nothing, and a visitor begins anew", async () => {
      const [ada, bob] = [person("ada"), person("bob")];
      const scene = await asVisitor(stage());
      await stepUp(scene, ada);
      const customers = [...scene.sessionTokens];
      await logout(scene.page);
      await scene.view.frame.getByText("You are signed out").waitFor();
      await scene.page.evaluate(() => window.Messenger.close());
      await scene.view.open();
      await scene.view.send(words("Visitor", "anew"));
      await expect.poll(() => shown(scene)).toEqual([words("Visitor", "anew")]);
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      for (const token of customers) expect(await stateOf(stage(), token)).toBe("session_revoked");
      // What this visitor wrote goes to the next who signs in, and nothing of the first.
      await stepUp(scene, bob);
      await expect.poll(() => shown(scene)).toEqual([words("Visitor", "anew"), verifiedFrom]);
      expect(await heardFrom(stage(), ada.name)).toEqual([words("Visitor", "stored"), verifiedFrom]);
      await scene.end();
    });
  },
  { limits, community: { stepUp: "always" } },
);

describeInBrowser(
  "step-up, never",
  (stage) => {
    test("what the visitor wrote stays behind, unasked", async () => {
      const ada = person("ada");
      const scene = await asVisitor(stage());
      const [visitorToken = ""] = scene.sessionTokens;
      await stepUp(scene, ada);
      expect(await shown(scene)).toEqual([]);
      expect(await scene.view.composer.inputValue()).toBe("");
      expect(await heardFrom(stage(), ada.name)).toEqual([]);
      await expect.poll(() => stateOf(stage(), visitorToken)).toBe("session_revoked");
      await scene.end();
    });
  },
  { limits, community: { stepUp: "never" } },
);
