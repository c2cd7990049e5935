import type { Browser } from "playwright-core";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { launchBrowser } from "../../e2e/harness/browser.ts";
import { startCompanion } from "../../e2e/harness/companion.ts";
import { startHostSite } from "../../e2e/harness/host-site.ts";
import { snippet } from "../../shared/snippet.ts";
import { interleave, type Row } from "../row.ts";

const cpuSlowdown = 4;
const article = Array.from(
  { length: 200 },
  (_, index) => `<p>Paragraph ${index} of a page that people came to read.</p>`,
).join("");

/** The least launcher: a round button in a shadow root, from an inline script; nothing behind it. */
const leastLauncher = `<script>addEventListener("load",function(){var e=document.createElement("div"),b=document.createElement("button");b.style.cssText="position:fixed;right:20px;bottom:20px;width:56px;height:56px;border-radius:50%";b.textContent="?";e.attachShadow({mode:"open"}).append(b);document.body.append(e)})</script>`;

/** What a page pays for a visitor who never opens the messenger: an empty page's cost is taken off both contestants. */
export const pageCost: Row = {
  name: "page.cost",
  measure: async () => {
    const site = await startHostSite();
    const companion = await startCompanion({ config: acmeConfig({ allowedOrigins: [site.origin] }) });
    const browser = await launchBrowser();
    try {
      const page = (path: string, extra: string): string =>
        site.serve(path, {
          html: `<!doctype html><html lang="en"><title>Article</title><body><h1>Article</h1>${article}${extra}</body></html>`,
        });
      const ours = page("/ours", snippet({ publicUrl: companion.url, deploymentId: "acme-lobby" }));
      const floor = page("/floor", leastLauncher);
      const empty = page("/empty", "");
      const result = await interleave(9, {
        ours: () => visit(browser, ours),
        floor: () => visit(browser, floor),
        empty: () => visit(browser, empty),
      });
      const added = (who: "ours" | "floor", key: string): number =>
        Math.max(0, (result[who][key] ?? 0) - (result.empty[key] ?? 0));
      return [
        {
          row: "page.cost",
          what: "main thread added, 4× slowdown",
          unit: "ms",
          better: "less",
          ours: added("ours", "taskMs"),
          floor: added("floor", "taskMs"),
        },
        {
          row: "page.cost",
          what: "long tasks added",
          unit: "",
          better: "less",
          ours: added("ours", "longTasks"),
          floor: added("floor", "longTasks"),
          aim: { bound: 0 },
        },
        {
          row: "page.cost",
          what: "layout shift",
          unit: "",
          better: "less",
          ours: result.ours.layoutShift ?? 0,
          floor: result.floor.layoutShift ?? 0,
          aim: { bound: 0 },
        },
      ];
    } finally {
      await browser.close();
      await companion.stop();
      await site.close();
    }
  },
};

async function visit(browser: Browser, url: string): Promise<Record<string, number>> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    const seen = { longTasks: 0, layoutShift: 0 };
    Object.assign(globalThis, { seen });
    new PerformanceObserver((list) => {
      seen.longTasks += list.getEntries().length;
    }).observe({ type: "longtask", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        seen.layoutShift += (entry as unknown as { value: number }).value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: cpuSlowdown });
  await page.goto(url, { waitUntil: "networkidle" });
  const { metrics } = await devtools.send("Performance.getMetrics");
  const taskMs = (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) * 1000;
  const seen = await page.evaluate(
    () => (globalThis as unknown as { seen: { longTasks: number; layoutShift: number } }).seen,
  );
  await context.close();
  return { taskMs, ...seen };
}
