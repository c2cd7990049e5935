import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { acmeConfig, contactJwt, sharedContactJwt } from "../e2e/harness/acme.ts";
import { adminToken, type Companion, startCompanion } from "../e2e/harness/companion.ts";
import { openTestSocket } from "./edge/testing/test-socket.ts";

/** The configuration file of a server that runs, written anew: keys rotate by SIGHUP. */

interface FileContent {
  readonly communities: { id: string; keys: { kid: string }[] }[];
}

const fresh = () => acmeConfig() as FileContent;
const changed = (change: (acme: FileContent["communities"][number]) => object): string => {
  const { communities, ...rest } = fresh();
  return JSON.stringify({
    ...rest,
    communities: communities.map((one) => (one.id === "acme" ? { ...one, ...change(one) } : one)),
  });
};
const without = (kid: string) => changed(({ keys }) => ({ keys: keys.filter((key) => key.kid !== kid) }));

let companion: Companion;
beforeEach(async () => {
  companion = await startCompanion({
    config: JSON.parse(without("shared-1")),
    env: { LOG_LEVEL: "info" },
  });
});
afterEach(() => companion.stop());

const logged = (event: string) => companion.output().split(`"event":"${event}"`).length - 1;

/** Resolves once the log says what became of it. */
async function reload(text: string, event = "configuration_reloaded"): Promise<void> {
  const before = logged(event);
  await writeFile(join(companion.dataDir, "vouch.json"), text);
  companion.process.kill("SIGHUP");
  await vi.waitFor(() => expect(logged(event)).toBe(before + 1), 10_000);
}

const ask = (path: string, token: string) =>
  fetch(`${companion.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });

async function open(token: string): Promise<{ code?: string; sessionToken?: string }> {
  const response = await fetch(`${companion.url}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ deploymentId: "acme-web", identity: { type: "contactJwt", token } }),
  });
  return (await response.json()) as { code?: string; sessionToken?: string };
}

const byRsa = async () => open(await contactJwt("ada"));
const byShared = async () => open(await sharedContactJwt("ada"));
const opened = { sessionToken: expect.any(String) };
const refused = { code: "algorithm_not_allowed" };
const timeout = 30_000;

test(
  "A key that the file gets signs people in, and one that it loses nobody any more; who is in stays",
  async () => {
    const { sessionToken = "" } = await byRsa();
    expect(await byShared()).toMatchObject(refused);
    await reload(JSON.stringify(fresh()));
    expect([await byRsa(), await byShared()]).toMatchObject([opened, opened]);
    await reload(without("2026-rsa"));
    expect([await byRsa(), await byShared()]).toMatchObject([refused, opened]);
    expect((await ask("/session", sessionToken)).status).toBe(200);
    const { entries } = (await (await ask("/admin/audit?limit=50", adminToken)).json()) as {
      entries: { action: string }[];
    };
    expect(entries.filter(({ action }) => action === "configuration.reloaded")).toHaveLength(2);
  },
  timeout,
);

test(
  "A file with a fault is refused whole, by its path, and what was there goes on",
  async () => {
    const wrong = changed(({ keys }) => ({ keys: keys.slice(1), nmae: "Acme" }));
    for (const text of [wrong, "{"]) await reload(text, "configuration_refused");
    expect(companion.output()).toContain("communities[0].nmae");
    expect([await byRsa(), await byShared()]).toMatchObject([opened, refused]);
    await reload(JSON.stringify(fresh()));
    expect([await byRsa(), await byShared()]).toMatchObject([opened, opened]);
  },
  timeout,
);

test(
  "A community that the file switches off loses its sessions and sockets",
  async () => {
    const { sessionToken = "" } = await byRsa();
    const socket = openTestSocket(`${companion.url.replace("http", "ws")}/api/v1/socket`);
    socket.send({ t: "auth", token: sessionToken });
    await socket.next("ready");
    await reload(changed(() => ({ active: false })));
    expect(await socket.closed).toBe(4401);
    expect((await ask("/session", sessionToken)).status).toBe(401);
  },
  timeout,
);

test(
  "What was handed out at start stays, and the log says so",
  async () => {
    await reload(JSON.stringify({ ...fresh(), limits: { tokenBytes: 512 } }));
    expect(companion.output()).toContain("A change of limits counts after a restart only.");
    expect(await byRsa()).toMatchObject(opened);
  },
  timeout,
);
