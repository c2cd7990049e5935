/** Everything a browser test needs, started together: a companion, a host site that it allows, Chromium. */

import type { Browser, BrowserContext, FrameLocator, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { snippet } from "../../shared/snippet.ts";
import { type AcmeOptions, acmeConfig } from "./acme.ts";
import { chromiumPath, closePages, launchBrowser } from "./browser.ts";
import { adminToken, type Companion, startCompanion } from "./companion.ts";
import { type HostSite, startHostSite } from "./host-site.ts";

export interface Stage {
  readonly companion: Companion;
  readonly site: HostSite;
  readonly browser: Browser;
}

export interface HostPageOptions {
  /** `acme-web`, which requires a signed identity, by default. */
  readonly deploymentId?: string;
  readonly contactJwt?: string;
  readonly platformJwt?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Placed on every script, as a page with a strict CSP does. */
  readonly nonce?: string;
  /** Markup before the snippet. */
  readonly before?: string;
  /** Markup after the snippet. */
  readonly after?: string;
}

/** Without a browser the tests are skipped with the reason in their title; in CI they fail. */
export function describeInBrowser(
  name: string,
  define: (stage: () => Stage) => void,
  options: AcmeOptions & { readonly env?: Readonly<Record<string, string>> } = {},
): void {
  if (!chromiumPath && !process.env.CI) {
    describe.skip(`${name} (skipped: no Chromium; install it or set CHROMIUM_PATH)`, () =>
      define(() => missing()));
    return;
  }
  describe(name, () => {
    let stage: Stage | undefined;
    beforeAll(async () => {
      const [companion, site, browser] = await Promise.all([
        // On `localhost` as the host page is: Chromium's fresh profiles deny storage to frames of another site.
        startCompanion({ config: acmeConfig(options), env: { HOST: "localhost", ...options.env } }),
        startHostSite(),
        launchBrowser(),
      ]);
      stage = { companion, site, browser };
    });
    // A test that waited in vain leaves its pages, which would go on beside its second attempt.
    afterEach(() => stage && closePages(stage.browser));
    afterAll(async () => {
      await stage?.browser.close();
      await Promise.all([stage?.companion.stop(), stage?.site.close()]);
    });
    define(() => stage ?? missing());
  });
}

function missing(): never {
  throw new Error("The stage stands only while tests run.");
}

/** A host page with the snippet as the command line prints it, its placeholders filled the way a template would. */
export function hostPage(stage: Stage, path: string, options: HostPageOptions = {}): string {
  const filled = snippet({ publicUrl: stage.companion.url, deploymentId: options.deploymentId ?? "acme-web" })
    .replace('contactJwt: ""', `contactJwt: ${JSON.stringify(options.contactJwt ?? "")}`)
    .replace('platformJwt: ""', `platformJwt: ${JSON.stringify(options.platformJwt ?? "")}`);
  const body = `<main><h1>Acme</h1>${options.before ?? ""}</main>${recorder}${filled}${options.after ?? ""}`;
  const html = `<!doctype html><html lang="en"><head><title>Acme</title><meta name="viewport" content="width=device-width, initial-scale=1"></head><body>${body}</body></html>`;
  return stage.site.serve(path, {
    html: options.nonce ? html.replaceAll("<script>", `<script nonce="${options.nonce}">`) : html,
    ...(options.headers && { headers: options.headers }),
  });
}

/** Collects CSP violations, and after the snippet all events of the messenger, in `window.seen`. */
const recorder = `<script>
window.seen = { events: [], violations: [] };
addEventListener("securitypolicyviolation", (event) => seen.violations.push(event.violatedDirective + " " + event.blockedURI));
addEventListener("DOMContentLoaded", () => {
  for (const name of ["ready", "opened", "closed", "unread", "messageReceived", "authenticating", "authenticated", "tokenExpiring", "tokenExpired", "signInRequested", "loggedOut", "authError", "error"])
    window.Messenger?.on(name, (detail) => seen.events.push({ name, detail }));
});
</script>`;

export interface SeenEvent {
  readonly name: string;
  readonly detail: Readonly<Record<string, unknown>> | undefined;
}

export const seenEvents = (page: Page): Promise<SeenEvent[]> =>
  page.evaluate(() => (globalThis as unknown as { seen: { events: SeenEvent[] } }).seen.events);

export const seenViolations = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { seen: { violations: string[] } }).seen.violations);

/** Waits for the next (or an earlier) event of that name. */
export async function eventOf(page: Page, name: string): Promise<SeenEvent> {
  const handle = await page.waitForFunction(
    (wanted) =>
      (globalThis as unknown as { seen: { events: SeenEvent[] } }).seen.events.find(
        (event) => event.name === wanted,
      ),
    name,
    // A frame that is refused is loaded twice before the page is told.
    { timeout: 20_000 },
  );
  return (await handle.jsonValue()) as SeenEvent;
}

/** What a customer can see and do, by role and name. */
export interface MessengerView {
  readonly frame: FrameLocator;
  readonly launcher: Locator;
  readonly log: Locator;
  readonly composer: Locator;
  readonly messages: Locator;
  open(): Promise<void>;
  send(text: string): Promise<void>;
  /** Waits until a message with this text is shown. */
  message(text: string): Promise<Locator>;
}

export function messengerOn(page: Page): MessengerView {
  const frame = page.frameLocator('iframe[name="vouch-messenger"]');
  const launcher = page.locator("vouch-messenger").getByRole("button", { name: /^(Open|Close) messenger/ });
  const log = frame.getByRole("log", { name: "Conversation" });
  const composer = frame.getByRole("textbox", { name: "Message" });
  const messages = log.getByRole("article");
  return {
    frame,
    launcher,
    log,
    composer,
    messages,
    open: async () => {
      await launcher.click();
      await composer.waitFor().catch(async (error: unknown) => {
        throw new Error(`${error}\nThe messenger did not open: ${await sight(page)}`);
      });
    },
    send: async (text) => {
      await composer.fill(text);
      // Who writes may not be known yet; then the words stay in the field.
      await frame.locator('button[aria-label="Send"]:enabled').waitFor();
      await composer.press("Enter");
    },
    message: async (text) => {
      const message = messages.filter({ hasText: text });
      await message.waitFor();
      return message;
    },
  };
}

/** What stands on the page, for whoever asks why a test waited in vain. */
async function sight(page: Page): Promise<string> {
  const events = await seenEvents(page).catch(() => []);
  const frames = page.frames().slice(1);
  const texts = await Promise.all(
    frames.map((frame) => frame.evaluate(() => document.body.innerText).catch(String)),
  );
  return JSON.stringify({ events, frames: frames.map((frame, index) => [frame.url(), texts[index]]) });
}

/** The agent desk in a browser of its own, signed in. */
export async function openDesk(stage: Stage): Promise<{ page: Page; context: BrowserContext }> {
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  await page.goto(`${stage.companion.url}/console/#token=${adminToken}`);
  return { page, context };
}

/** Calls the companion's API as the administrator, or with the given token. */
export async function api(
  stage: Stage,
  path: string,
  init: RequestInit & { token?: string | null } = {},
): Promise<Response> {
  const { token = adminToken, ...rest } = init;
  const headers = new Headers(rest.headers);
  if (token) headers.set("authorization", `Bearer ${token}`);
  if (rest.body) headers.set("content-type", "application/json");
  return fetch(`${stage.companion.url}/api/v1${path}`, { ...rest, headers });
}
