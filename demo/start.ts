/** `npm start`: the companion server and the demo shop, and the links to both. */

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigurationError } from "../server/config/configuration-error.ts";
import { type Environment, readEnvironment } from "../server/config/environment.ts";
import { type Companion, CompanionEnded, startCompanion } from "./companion.ts";
import { demoConfig, sharedTokenVariable } from "./demo-config.ts";
import { type Shop, startShop } from "./shop.ts";
import { keptShopKeys, type ShopKeys } from "./shop-keys.ts";

const defaultShopPort = "8090";

async function start(): Promise<void> {
  const environment = readEnvironment(process.env);
  const shopPort = readPort(process.env.DEMO_PORT || defaultShopPort);
  const folder = join(environment.dataDir, "demo");
  const keys = await keptShopKeys(join(folder, "shop-keys.json"));
  const configPath = environment.configPath ?? (await keepConfig(join(folder, "vouch.json"), keys));
  const companion = await startCompanion(companionEnvironment(environment, configPath, keys), console.log);
  const shop = await openShop(environment, companion, shopPort, keys);
  stopTogether(companion, shop);
  printLinks(environment, companion, shop);
}

/** Written anew at each start: it follows from the keys. */
async function keepConfig(path: string, keys: ShopKeys): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, `${JSON.stringify(demoConfig({ keys }), null, 2)}\n`, { mode: 0o600 });
  return path;
}

/** What `npm start` was given is passed on; what it was not given gets a value that suits a demo. */
function companionEnvironment(
  environment: Environment,
  configPath: string,
  keys: ShopKeys,
): NodeJS.ProcessEnv {
  const { port } = environment;
  return {
    LOG_LEVEL: "warn",
    // The frame and the shop on one site, so that a browser that blocks third-party storage does not get in the way.
    ...(port !== 0 && { PUBLIC_URL: `http://localhost:${port}` }),
    ...withoutEmpty(process.env),
    VOUCH_CONFIG: configPath,
    [sharedTokenVariable]: keys.shared.secret,
  };
}

/** An empty variable counts as absent, and must not hide a value that suits a demo. */
const withoutEmpty = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));

async function openShop(
  { host }: Environment,
  companion: Companion,
  port: number,
  keys: ShopKeys,
): Promise<Shop> {
  try {
    return await startShop({ companionUrl: companion.url, port, keys, host });
  } catch (error) {
    await companion.stop();
    const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    throw taken ? new Error(`Port ${port} is in use: set DEMO_PORT to a free one for the demo site.`) : error;
  }
}

function stopTogether(companion: Companion, shop: Shop): void {
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      asked = true;
      void companion.stop();
    });
  void companion.ended.then(async (code) => {
    await shop.close();
    if (!asked) console.error("The companion server ended.");
    process.exit(asked ? 0 : (code ?? 1));
  });
}

function printLinks({ adminToken }: Environment, companion: Companion, shop: Shop): void {
  const console_ = `${companion.url}/console/#token=${adminToken}`;
  console.log(`
  Demo site      ${shop.url}/
  Agent desk     ${console_}
  Control panel  ${console_}   (one console: this release has the desk)

  Sign in to the shop as Ada, write something, and answer on the desk. Ctrl-C stops both.
`);
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65535) return port;
  throw new ConfigurationError([{ path: "DEMO_PORT", message: "must be a whole number from 0 to 65535" }]);
}

try {
  await start();
} catch (error) {
  if (error instanceof ConfigurationError)
    for (const { path, message } of error.faults) console.error(`${path}: ${message}`);
  else if (error instanceof Error) console.error(error.message);
  process.exit(
    error instanceof ConfigurationError ? 2 : error instanceof CompanionEnded ? error.exitCode : 1,
  );
}
