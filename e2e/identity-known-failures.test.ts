/** What went wrong in other messengers, tried in a real browser: each test is named after where it happened. */

import { expect, test } from "vitest";
import { ifLate } from "../.ci/if-late.ts";
import { contactJwt } from "./harness/acme.ts";
import { startHostSite } from "./harness/host-site.ts";
import { keptBy, keptByNobody } from "./harness/kept.ts";
import { login, logout, person, setScene, tokenOf } from "./harness/scene.ts";
import { words } from "./harness/sights.ts";
import { describeInBrowser, hostPage, messengerOn, seenEvents } from "./harness/stage.ts";
import { haveWritten, heardFrom, present, stateOf } from "./harness/witness.ts";

/** Writes down what is said to its window, and lies to the page around it. */
const stranger = `<!doctype html><script>
const hear = ({ data, ports = [] }) => {
  overheard(JSON.stringify(data));
  for (const port of ports) port.onmessage = hear;
};
addEventListener("message", hear);
const contact = { id: "1", platformKey: "v1", name: "Mallory" };
const lies = [
  { t: "ready", appearance: {} },
  { t: "authenticated", contact },
  { t: "result", request: 1, ok: true, value: { contact, sessionExpiresAt: "2030-01-01T00:00:00.000Z" } },
  { t: "tokenWanted", ask: 1, reason: "start" },
  { vouch: "connect", version: 1 },
];
for (const lie of lies) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = hear;
  parent.postMessage(lie, "*", [port2]);
  for (let n = 0; n < parent.length; n++) if (parent[n] !== window) parent[n].postMessage(lie, "*");
}
</script>`;

describeInBrowser(
  "what went wrong elsewhere",
  (stage) => {
    test("Chatwoot 15775, the session’s token in the frame’s URL for 180 days: no address holds a token", async () => {
      const ada = person("ada");
      const token = await tokenOf(ada);
      const scene = await setScene(stage());
      const addresses: string[] = [];
      scene.context.on("request", (request) =>
        addresses.push(request.url(), request.headers().referer ?? "", request.frame().url()),
      );
      scene.page.on("websocket", (socket) => addresses.push(socket.url()));
      scene.page.on("framenavigated", (frame) => addresses.push(frame.url()));
      await login(scene.page, token);
      await scene.view.open();
      await scene.view.send(words(ada.name, 1));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      await logout(scene.page);
      expect(scene.sessionTokens.size).toBe(1);
      expect(addresses.some((address) => address.includes("/embed/acme-web"))).toBe(true);
      expect(addresses.some((address) => address.includes("/api/v1/socket"))).toBe(true);
      for (const secret of [token, ...scene.sessionTokens, ada.identity, ada.name])
        expect(addresses.filter((address) => address.includes(secret))).toEqual([]);
      await scene.end();
    });

    test("Chatwoot pull request 13240 and Rocket.Chat’s livechat, postMessage to “*” and origins unchecked: a stranger’s frame hears nothing and is not believed", {
      // The page waits three seconds for the frame’s answer: a busy machine may look at it later once.
      retry: ifLate,
    }, async () => {
      const ada = person("ada");
      const site = await startHostSite("127.0.0.1");
      const url = site.serve("/stranger", { html: stranger });
      const scene = await setScene(stage());
      const overheard: string[] = [];
      await scene.page.exposeFunction("overheard", (text: string) => overheard.push(text));
      await scene.page.evaluate((url) => {
        const frame = document.createElement("iframe");
        frame.src = url;
        document.body.append(frame);
      }, url);
      expect(await login(scene.page, await tokenOf(ada))).toBe(ada.name);
      await scene.view.open();
      await scene.view.send(words(ada.name, 1));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      expect(overheard).toEqual([]);
      expect(JSON.stringify(await seenEvents(scene.page))).not.toContain("Mallory");
      // It would have heard.
      await scene.page.frame({ url })?.evaluate(() => postMessage("hello", "*"));
      await expect.poll(() => overheard.splice(0)).toEqual(['"hello"']);
      await scene.page.locator(`iframe[src="${url}"]`).evaluate((frame) => frame.remove());
      // Nor does it hear the handshake where it has taken the messenger’s own place.
      await scene.page.frame("vouch-messenger")?.goto(url);
      expect(await scene.view.composer.count()).toBe(0);
      // The page takes it for a messenger that was lost on the way, and loads its own once more.
      await scene.view.message(words(ada.name, 1));
      expect(overheard).toEqual([]);
      await scene.end();
      await site.close();
    });

    test("Rocket.Chat 9142, the former customer’s chat shown to the next: not where the site forgot the logout", async () => {
      const [ada, bob] = [person("ada"), person("bob")];
      await haveWritten(stage(), bob.identity, [words(bob.name, 1)]);
      const scene = await setScene(stage(), { contactJwt: await tokenOf(ada) });
      await scene.view.open();
      await scene.view.send(words(ada.name, 1));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      await scene.view.composer.fill(words(ada.name, "half a"));
      const [adasSession = ""] = scene.sessionTokens;
      const path = new URL(scene.url).pathname;
      const nextPage = async (options: Parameters<typeof hostPage>[2]) => {
        hostPage(stage(), path, options);
        await scene.page.reload();
        await scene.view.launcher.click();
      };
      const leftAt = Date.now();
      await nextPage({ contactJwt: await tokenOf(bob) });
      await scene.view.message(words(bob.name, 1));
      expect(await scene.view.composer.inputValue()).toBe("");
      await nextPage({ deploymentId: "acme-lobby" });
      await scene.view.composer.waitFor();
      expect(await scene.view.messages.count()).toBe(0);
      // The page of before is in sight until it gives way to one on which nothing stands yet.
      const seen = scene.sights.filter(({ at }) => at >= leftAt).map(({ text }) => text);
      const first = seen.findIndex((text) => !text.includes(ada.name));
      expect(seen.slice(first).filter((text) => text.includes(ada.name))).toEqual([]);
      await expect.poll(() => stateOf(stage(), adasSession)).toBe("session_revoked");
      expect(await heardFrom(stage(), bob.name)).toEqual([words(bob.name, 1)]);
      await scene.end();
    });

    test("intercom-rails 327, sessions that outlive the logout: not by a reload, by going back, or in another tab", async () => {
      const ada = person("ada");
      const token = await tokenOf(ada);
      const scene = await setScene(stage());
      await login(scene.page, token);
      await scene.view.open();
      await scene.view.send(words(ada.name, 1));
      await scene.view.log.locator('[data-status="sent"]').waitFor();
      await logout(scene.page);
      const loggedOutAt = Date.now();
      await scene.page.reload();
      await scene.page.goto(hostPage(stage(), "/after-the-logout"));
      await scene.page.goBack();
      const other = await scene.tab();
      for (const { page } of [scene, other]) {
        const view = messengerOn(page);
        await view.launcher.waitFor();
        await page.evaluate(() => window.Messenger.open());
        await view.frame.getByText("Sign in to chat").waitFor();
        const frame = page.frame("vouch-messenger");
        await expect
          .poll(() => frame && keptBy(frame), { timeout: 1000 })
          .toBe(keptByNobody("vouch-messenger"));
      }
      const seen = scene.sights.filter(({ at }) => at > loggedOutAt).map(({ text }) => text);
      expect(seen.filter((text) => text.includes(ada.name))).toEqual([]);
      for (const sessionToken of scene.sessionTokens)
        expect(await stateOf(stage(), sessionToken)).toBe("session_revoked");
      expect(await present(stage(), token)).toBe("token_revoked");
      await scene.end();
    });

    test("sunshine-conversations-web 707, a 401 without CORS headers: the shop’s page reads why, and what it needs", async () => {
      const scene = await setScene(stage());
      const ask = (
        path: string,
        init: { method?: string; headers?: Record<string, string>; body?: string },
      ) =>
        scene.page.evaluate(
          async ([url, init]) => {
            const response = await fetch(url, init);
            return [response.status, (await response.json()).code];
          },
          [`${stage().companion.url}/api/v1${path}`, init] as const,
        );
      const authorization = `Bearer ${"x".repeat(43)}`;
      const token = await contactJwt("ada", { expiresInSeconds: -3600 });
      const body = JSON.stringify({ deploymentId: "acme-web", identity: { type: "contactJwt", token } });
      const headers = { "content-type": "application/json" };
      expect(await ask("/session", { headers: { authorization } })).toEqual([401, "session_missing"]);
      expect(await ask("/session", {})).toEqual([401, "session_missing"]);
      expect(await ask("/sessions", { method: "POST", headers, body })).toEqual([401, "token_expired"]);
      await scene.context.close();
    });
  },
  { limits: { sessionRequestsPerMinute: 10_000 } },
);
