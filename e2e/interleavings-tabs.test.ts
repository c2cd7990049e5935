/** Random sequences in two tabs, in which sessions and tokens expire: the last call wins in both, and nothing has leaked. */

import { expect, test } from "vitest";
import { ifLate } from "../.ci/if-late.ts";
import { drawSequences, oneOf, seed } from "./harness/draw.ts";
import { person, setScene } from "./harness/scene.ts";
import { words, writeAsShown } from "./harness/sights.ts";
import { describeInBrowser } from "./harness/stage.ts";
import { openTabbedShop } from "./harness/tabbed-shop.ts";
import { delivered, haveWritten } from "./harness/witness.ts";

/** Sign-ins and sign-outs twice: what happens between them is what is tried. */
const acts = [
  "login A",
  "login B",
  "logout",
  "all expires",
  "login A",
  "login B",
  "logout",
  "reload",
  "reload with an expired token",
  "offline",
  "online",
  "write",
] as const;

/** Logouts are seen within a second: a busy machine may be late once, or stand still. What is wrong otherwise stays wrong. */
const retry = ifLate;

interface Call {
  readonly tab: 0 | 1;
  readonly act: (typeof acts)[number];
  /** Then all tabs are looked at; or the next call follows at once. */
  readonly isAwaited: boolean;
}

const drawn = drawSequences(
  { sequences: 9, stepsEach: 7 },
  (random): Call => ({ tab: oneOf([0, 1], random), act: oneOf(acts, random), isAwaited: random() < 0.6 }),
);

const title = (calls: readonly Call[]): string =>
  calls.map(({ tab, act, isAwaited }) => `${"₁₂"[tab]}${act}${isAwaited ? "." : ""}`).join(" ");

describeInBrowser(
  `random sequences in two tabs, with expiry (seed ${seed}; a stop says that all was looked at then)`,
  (stage) => {
    test.each(drawn.map((calls) => [title(calls), calls] as const))(
      "%s",
      { timeout: 120_000, retry },
      async (_, calls) => {
        const [ada, bob] = [person("ada"), person("bob")];
        for (const { name, identity } of [ada, bob])
          await haveWritten(stage(), identity, [words(name, "before")]);
        const scene = await setScene(stage());
        const shop = await openTabbedShop(stage(), scene);
        await shop.tab(0);
        let isOffline = false;
        for (const [n, { tab: number, act, isAwaited }] of calls.entries()) {
          // What a page is made of does not load then, nor does a tab.
          if (isOffline && (act.startsWith("reload") || !shop.tabs()[number])) continue;
          const tab = await shop.tab(number);
          if (act === "offline" || act === "online") {
            isOffline = act === "offline";
            await scene.context.setOffline(isOffline);
          } else if (act === "all expires") await shop.expire();
          else if (act === "write") {
            const frame = tab.page.frame("vouch-messenger");
            if (frame) await writeAsShown(frame, n);
          } else if (act === "login A" || act === "login B")
            await shop.change(tab, act === "login A" ? ada : bob, isAwaited && !isOffline);
          else if (act === "logout") await shop.change(tab, null, isAwaited);
          else await shop.reload(tab, act !== "reload");
          if (isAwaited && !isOffline) await shop.settle();
        }
        await scene.context.setOffline(false);
        await shop.tab(1);
        await shop.settle();
        expect(await delivered(stage(), [ada.name, bob.name])).toEqual([]);
        await scene.end();
      },
    );
  },
  {
    community: {
      session: { idleSeconds: 3, absoluteSeconds: 3600, anonymousSeconds: 3600 },
      clockSkewSeconds: 0,
    },
    limits: { sessionRequestsPerMinute: 10_000 },
  },
);
