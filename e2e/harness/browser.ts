/** Debian's Chromium, driven by playwright-core. */

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const candidates = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
  "/usr/bin/chromium-browser",
];

/** undefined where there is none: tests that need it say so and are skipped, but fail in CI. */
export const chromiumPath = candidates.find((path) => path !== undefined && existsSync(path));

/** @param pageCache pages that are left are frozen and come back as they were. Playwright loses sight of their frames then. */
export async function launchBrowser({ pageCache = false } = {}): Promise<Browser> {
  if (!chromiumPath)
    throw new Error("No Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.");
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    ...(pageCache && { ignoreDefaultArgs: ["--disable-back-forward-cache"] }),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  // Sooner than a test is over: then it can say what it waited for.
  browser.on("context", (context) => context.setDefaultTimeout(25_000));
  return browser;
}

export async function closePages(browser: Browser): Promise<void> {
  await Promise.all(browser.contexts().map((context) => context.close()));
}
