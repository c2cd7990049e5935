/** Thirty random sequences of what can happen to a messenger, and after each: the last call has won, and nothing has leaked. */

import { expect, test } from "vitest";
import { contactJwt } from "./harness/acme.ts";
import { drawSequences, oneOf, seed } from "./harness/draw.ts";
import { person, type Scene, setScene } from "./harness/scene.ts";
import { words, writeAsShown } from "./harness/sights.ts";
import { describeInBrowser, eventOf, type Stage, seenEvents } from "./harness/stage.ts";
import { answer, delivered, haveWritten, stateOf } from "./harness/witness.ts";

type Person = ReturnType<typeof person>;

const acts = ["login A", "login B", "logout", "reload", "offline", "online", "open", "write"] as const;
interface Call {
  readonly act: (typeof acts)[number];
  /** Or the next one follows at once. */
  readonly isAwaited: boolean;
}

const drawn = drawSequences(
  { sequences: 30, stepsEach: 6 },
  (random): Call => ({ act: oneOf(acts, random), isAwaited: random() < 0.5 }),
);

const title = (calls: readonly Call[]): string =>
  calls.map(({ act, isAwaited }) => (isAwaited ? `${act}.` : act)).join(" ");

/** A shop whose pages ask it for the customer’s token, and follow its sign-ins and sign-outs at once. */
const plugin = `<script>
Messenger.registerPlugin("AuthProvider", { getToken: async () => {
  const contactJwt = await window.tokenOfTest();
  return contactJwt && { contactJwt };
} });
</script>`;

describeInBrowser(
  `random sequences (seed ${seed}; a stop says that the call was waited for)`,
  (stage) => {
    test.each(drawn.map((calls) => [title(calls), calls] as const))("%s", async (_, calls) => {
      const [ada, bob] = [person("ada"), person("bob")];
      for (const who of [ada, bob]) {
        await haveWritten(stage(), who.identity, [words(who.name, "before")]);
        await answer(stage(), who.name, `To ${words(who.name, "and is answered")}`);
      }
      const scene = await setScene(stage());
      const shop = await openShop(stage(), scene);
      const customers = { "login A": ada, "login B": bob };
      let isOffline = false;
      for (const [n, { act, isAwaited }] of calls.entries()) {
        if (act === "offline") {
          // A frame that can't be loaded is another matter: its calls fail, and the page is told.
          await openPanel(scene);
          await scene.context.setOffline(true);
          isOffline = true;
        } else if (act === "online") {
          await scene.context.setOffline(false);
          isOffline = false;
        } else if (act === "reload") {
          if (!isOffline) await scene.page.reload();
        } else if (act === "open") await scene.page.evaluate(() => window.Messenger.open());
        else if (act === "write") {
          const frame = scene.page.frame("vouch-messenger");
          // The frame may be on its way out with its page.
          if (frame) await writeAsShown(frame, n).catch(() => null);
        } else await shop.change(act === "logout" ? null : customers[act], isAwaited);
      }

      await scene.context.setOffline(false);
      await openPanel(scene);
      await shownAs(scene, shop.customer());
      const lastUnread = async () =>
        (await seenEvents(scene.page)).findLast(({ name }) => name === "unread")?.detail?.count ?? 0;
      await expect.poll(lastUnread).toBe(0);
      expect(await delivered(stage(), [ada.name, bob.name])).toEqual([]);
      const live = shop.customer() && (await storedSession(scene));
      for (const token of scene.sessionTokens)
        if (token !== live) await expect.poll(() => stateOf(stage(), token)).not.toBe("ok");
      if (live) expect(await stateOf(stage(), live)).toBe("ok");
      await scene.end();
    });
  },
  { limits: { sessionRequestsPerMinute: 10_000 } },
);

interface Shop {
  customer(): Person | null;
  change(to: Person | null, isAwaited: boolean): Promise<void>;
}

async function openShop(stage: Stage, scene: Scene): Promise<Shop> {
  let customer: Person | null = null;
  await scene.page.exposeFunction("tokenOfTest", () => customer && contactJwt(customer.identity));
  await scene.page.goto(
    stage.site.serve(new URL(scene.url).pathname, {
      html: (await (await fetch(scene.url)).text()).replace("</body>", `${plugin}</body>`),
    }),
  );
  return {
    customer: () => customer,
    async change(to, isAwaited) {
      customer = to;
      const token = to && (await contactJwt(to.identity));
      const settled = scene.page
        .evaluate(async (contactJwt) => {
          const { Messenger } = window;
          await (contactJwt ? Messenger.login({ contactJwt }) : Messenger.logout()).catch(() => {});
        }, token)
        // Its page was reloaded.
        .catch(() => {});
      if (isAwaited) await settled;
    },
  };
}

async function openPanel({ page, view }: Scene): Promise<void> {
  await page.evaluate(() => window.Messenger.open());
  await view.frame.locator("header").waitFor();
}

async function shownAs({ page, view }: Scene, who: Person | null): Promise<void> {
  if (who) {
    await view.frame.getByText(`Signed in as ${who.name}`).waitFor();
    await view.message(words(who.name, "before"));
    await view.log.locator('[data-status="sending"]').first().waitFor({ state: "detached" });
    await eventOf(page, "authenticated");
  } else {
    await view.frame.getByText(/You are signed out|Sign in to chat/).waitFor();
    expect(await view.messages.count()).toBe(0);
  }
}

async function storedSession({ page }: Scene): Promise<string | undefined> {
  const stored = await page
    .frame("vouch-messenger")
    ?.evaluate(() => sessionStorage.getItem("vouch:acme-web:session"));
  return stored?.split(" ")[0];
}
