import type { BrowserContext, Page } from "playwright-core";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { launchBrowser } from "../../e2e/harness/browser.ts";
import { startCompanion } from "../../e2e/harness/companion.ts";
import { startHostSite } from "../../e2e/harness/host-site.ts";
import { snippet } from "../../shared/snippet.ts";
import { interleave, type Row } from "../row.ts";

/** The least messenger: a button that brings a frame about, which focuses its text field; nothing behind it. */
const leastMessenger = `<button onclick="var f=document.createElement('iframe');f.src='/floor-frame';document.body.append(f)">Open messenger</button>`;
const leastFrame = `<!doctype html><title>Messenger</title><textarea aria-label="Message"></textarea><script>document.querySelector("textarea").focus()</script>`;

/** From the click on the launcher until the composer has the focus. */
export const pageOpen: Row = {
  name: "page.open",
  measure: async () => {
    const site = await startHostSite();
    // On `localhost` as the host page is: Chromium's fresh profiles deny storage to frames of another site.
    const companion = await startCompanion({
      config: acmeConfig({ allowedOrigins: [site.origin] }),
      env: { HOST: "localhost" },
    });
    const browser = await launchBrowser();
    try {
      const page = (path: string, extra: string): string =>
        site.serve(path, {
          html: `<!doctype html><html lang="en"><title>Article</title><body><h1>Article</h1>${extra}</body></html>`,
        });
      const ours = page("/ours", snippet({ publicUrl: companion.url, deploymentId: "acme-lobby" }));
      const floor = page("/floor", leastMessenger);
      site.serve("/floor-frame", { html: leastFrame });

      /** Twice in one browser: first with nothing of it in the cache, then with all. */
      const visit = async (url: string): Promise<Record<"cold" | "warm", number>> => {
        const context = await browser.newContext();
        await context.addInitScript(watch);
        try {
          return { cold: await openMs(context, url), warm: await openMs(context, url) };
        } finally {
          await context.close();
        }
      };
      const result = await interleave(5, { ours: () => visit(ours), floor: () => visit(floor) });
      return (["cold", "warm"] as const).map((what) => ({
        row: "page.open",
        what: `click → composer focused, ${what}`,
        unit: "ms",
        better: "less",
        ours: result.ours[what] ?? Number.NaN,
        floor: result.floor[what] ?? Number.NaN,
      }));
    } finally {
      await browser.close();
      await companion.stop();
      await site.close();
    }
  },
};

/** In every document, the frame's too. Their clocks begin at different times, so what is noted is the time of day. */
function watch(): void {
  const note = (name: "clicked" | "focused") =>
    Object.assign(globalThis, { [name]: performance.timeOrigin + performance.now() });
  addEventListener("click", () => note("clicked"), true);
  addEventListener("focusin", ({ target }) => target instanceof HTMLTextAreaElement && note("focused"), true);
}

async function openMs(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage();
  await page.goto(url, { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Open messenger" }).click();
  await page.frameLocator("iframe").locator("textarea:focus").waitFor();
  const [clicked, focused] = [await noted(page, "clicked"), await noted(page, "focused")];
  await page.close();
  return focused - clicked;
}

/** Of whichever document noted it. */
async function noted(page: Page, name: "clicked" | "focused"): Promise<number> {
  const times = await Promise.all(
    page
      .frames()
      .map((frame) =>
        frame.evaluate((name) => (globalThis as unknown as Record<string, number | undefined>)[name], name),
      ),
  );
  return times.find((time) => time !== undefined) ?? Number.NaN;
}
