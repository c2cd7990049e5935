/** `npm start`: the companion server and the demo shop, and the links to both. */

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigurationError } from "../server/config/configuration-error.ts";
import { type Environment, readEnvironment } from "../server/config/environment.ts";
import { type Companion, CompanionEnded, startCompanion } from "./companion.ts";
import { demoConfig, oidcClientId, oidcSecretVariable, sharedTokenVariable } from "./demo-config.ts";
import { type DemoProvider, startProvider } from "./provider.ts";
import { type Shop, startShop } from "./shop.ts";
import { keptShopKeys, type ShopKeys } from "./shop-keys.ts";

const defaultShopPort = "8090";
const defaultProviderPort = "8091";

async function start(): Promise<void> {
  const environment = readEnvironment(process.env);
  const shopPort = readPort("DEMO_PORT", defaultShopPort);
  const providerPort = readPort("DEMO_PROVIDER_PORT", defaultProviderPort);
  const folder = join(environment.dataDir, "demo");
  const keys = await keptShopKeys(join(folder, "shop-keys.json"));
  const { host } = environment;
  const provider = await onPort(
    "DEMO_PROVIDER_PORT",
    providerPort,
    startProvider({ port: providerPort, host }),
  );
  const configPath =
    environment.configPath ?? (await keepConfig(join(folder, "vouch.json"), keys, provider.url));
  const companion = await startCompanion(companionEnvironment(environment, configPath, keys), console.log);
  const options = { companionUrl: companion.url, providerUrl: provider.url, port: shopPort, keys, host };
  const shop = await onPort("DEMO_PORT", shopPort, startShop(options)).catch(async (error) => {
    await companion.stop();
    throw error;
  });
  provider.serve({
    clientId: oidcClientId,
    clientSecret: keys.oidcSecret,
    companionUrl: companion.url,
    shopUrl: shop.url,
  });
  stopTogether(companion, shop, provider);
  printLinks(environment, companion, shop);
}

/** Written anew at each start: it follows from the keys. */
async function keepConfig(path: string, keys: ShopKeys, providerUrl: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, `${JSON.stringify(demoConfig({ keys, providerUrl }), null, 2)}\n`, { mode: 0o600 });
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
    // The provider is on this machine, without TLS.
    VOUCH_ALLOW_LOOPBACK: "1",
    // The frame and the shop on one site, so that a browser that blocks third-party storage does not get in the way.
    ...(port !== 0 && { PUBLIC_URL: `http://localhost:${port}` }),
    ...withoutEmpty(process.env),
    VOUCH_CONFIG: configPath,
    [sharedTokenVariable]: keys.shared.secret,
    [oidcSecretVariable]: keys.oidcSecret,
  };
}

/** An empty variable counts as absent, and must not hide a value that suits a demo. */
const withoutEmpty = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));

async function onPort<Started>(variable: string, port: number, starting: Promise<Started>): Promise<Started> {
  try {
    return await starting;
  } catch (error) {
    const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    throw taken ? new Error(`Port ${port} is in use: set ${variable} to a free one.`) : error;
  }
}

function stopTogether(companion: Companion, shop: Shop, provider: DemoProvider): void {
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      asked = true;
      void companion.stop();
    });
  void companion.ended.then(async (code) => {
    await Promise.all([shop.close(), provider.close()]);
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

function readPort(variable: string, byDefault: string): number {
  const text = process.env[variable] || byDefault;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65535) return port;
  throw new ConfigurationError([{ path: variable, message: "must be a whole number from 0 to 65535" }]);
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
