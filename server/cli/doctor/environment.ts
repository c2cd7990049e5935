import { existsSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../../package.json" with { type: "json" };
import { ConfigurationError } from "../../config/configuration-error.ts";
import { readEnvironment, readPublicUrl } from "../../config/environment.ts";
import { secretFault } from "../../identity/shared-secret.ts";
import { type Finding, fine, problem, warning } from "./finding.ts";

/** Nothing is made or written: a doctor that leaves a secret behind changes what it looks at. */
export function examineEnvironment(env: NodeJS.ProcessEnv, nodeVersion: string): readonly Finding[] {
  return [
    examineNode(nodeVersion),
    env.NODE_ENV === "production"
      ? fine("NODE_ENV", "production")
      : problem(
          "NODE_ENV",
          `is ${env.NODE_ENV ? `“${env.NODE_ENV}”` : "not set"}`,
          "Set NODE_ENV=production, or start with npm run serve.",
        ),
    examinePublicUrl(env),
    examineSecret(env),
    examinePrevious(env),
    examineAdminToken(env),
    env.VOUCH_ALLOW_LOOPBACK === "1"
      ? problem(
          "VOUCH_ALLOW_LOOPBACK",
          "permits http and private addresses",
          "Leave it out: it is for development and tests.",
        )
      : fine("VOUCH_ALLOW_LOOPBACK", "not set"),
    examineProxies(env),
    ...otherFaults(env),
  ];
}

function examineNode(version: string): Finding {
  const needed = packageJson.engines.node.replace(/[^\d.]/g, "");
  return isAtLeast(version, needed)
    ? fine("Node", version)
    : problem("Node", `is ${version}`, `Use Node ${needed} or newer; the repository brings one.`);
}

function isAtLeast(version: string, needed: string): boolean {
  const [have, want] = [version, needed].map((text) => text.replace(/^v/, "").split(".").map(Number));
  for (const [at, number] of (want ?? []).entries()) {
    const own = have?.[at] ?? 0;
    if (own !== number) return own > number;
  }
  return true;
}

function examinePublicUrl(env: NodeJS.ProcessEnv): Finding {
  const url = readPublicUrl(env);
  const fix = "Set PUBLIC_URL to the https origin that browsers see, such as https://chat.acme.example.";
  if (url === null) return problem("PUBLIC_URL", "is not set", fix);
  if (url === undefined) return problem("PUBLIC_URL", "is no origin", fix);
  if (!url.startsWith("https:"))
    return problem("PUBLIC_URL", `is ${url}: tokens would travel in the clear`, fix);
  return fine("PUBLIC_URL", url);
}

function examineSecret(env: NodeJS.ProcessEnv): Finding {
  const fix = "Set VOUCH_SECRET to 32 random bytes from your secret store: openssl rand -base64 32.";
  if (env.VOUCH_SECRET) {
    const fault = secretFault(env.VOUCH_SECRET);
    return fault === null ? fine("VOUCH_SECRET", "set and strong") : problem("VOUCH_SECRET", fault, fix);
  }
  return warning(
    "VOUCH_SECRET",
    `is not set: the server ${existsSync(join(dataDirectory(env), "secret")) ? "uses the one" : "makes one"} in the data directory, beside what is encrypted under it`,
    fix,
  );
}

/** Whoever has the former secret still reads old copies. */
const examinePrevious = (env: NodeJS.ProcessEnv): Finding =>
  env.VOUCH_SECRET_PREVIOUS
    ? warning(
        "VOUCH_SECRET_PREVIOUS",
        "is still set",
        "Start once with it, so that everything is encrypted anew; then leave it out and destroy it.",
      )
    : fine("VOUCH_SECRET_PREVIOUS", "not set");

function examineAdminToken(env: NodeJS.ProcessEnv): Finding {
  if (!env.VOUCH_ADMIN_TOKEN)
    return fine("VOUCH_ADMIN_TOKEN", "not set: a random one is kept in the data directory");
  const fault = secretFault(env.VOUCH_ADMIN_TOKEN);
  if (fault === null) return fine("VOUCH_ADMIN_TOKEN", "set and strong");
  return problem("VOUCH_ADMIN_TOKEN", fault, "Use 32 random bytes, or leave it out to have one made.");
}

function examineProxies(env: NodeJS.ProcessEnv): Finding {
  const secure = readPublicUrl(env)?.startsWith("https:") ?? false;
  if (!secure || env.TRUSTED_PROXIES)
    return fine("TRUSTED_PROXIES", env.TRUSTED_PROXIES ? "set" : "not needed");
  return warning(
    "TRUSTED_PROXIES",
    "is not set, and something in front of the server speaks https: all customers share its address, and the limits of one",
    "Set TRUSTED_PROXIES to the addresses of that proxy or load balancer.",
  );
}

/** What else the server would refuse to start for. */
function otherFaults(env: NodeJS.ProcessEnv): readonly Finding[] {
  const named = ["PUBLIC_URL", "VOUCH_SECRET", "VOUCH_ADMIN_TOKEN"];
  // With both given nothing is made in the data directory.
  const stand = "Kp7wQ2nX9vT4mB8sL1cZ6yR3hF5gJ0dA";
  const complete = {
    ...env,
    VOUCH_SECRET: env.VOUCH_SECRET || `${stand}s`,
    VOUCH_ADMIN_TOKEN: env.VOUCH_ADMIN_TOKEN || `${stand}a`,
  };
  try {
    readEnvironment(complete);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.faults
      .filter(({ path }) => !named.includes(path))
      .map(({ path, message }) => problem(path, message, "The server does not start with it."));
  }
}

export const dataDirectory = (env: NodeJS.ProcessEnv): string => env.VOUCH_DATA_DIR || "./data";
