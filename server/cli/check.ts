import { readFile } from "node:fs/promises";
import { text as readStream } from "node:stream/consumers";
import type { Clock } from "../../shared/clock.ts";
import type { Community, Config } from "../config/config.ts";
import { configurationPath } from "../config/environment.ts";
import { loadConfig } from "../config/load.ts";
import type { TokenCheckResult, TokenReport } from "../identity/check/report.ts";
import { createTokenCheck } from "../identity/check/token-check.ts";
import { createJwkSets } from "../identity/jwk-sets/create-jwk-sets.ts";
import { createProviders } from "../oidc/providers.ts";
import { type Console, UsageError } from "./console.ts";
import { outboundFetch } from "./outbound.ts";

export interface CheckOptions {
  /** `-`: from standard input. */
  readonly token: string | undefined;
  readonly file: string | undefined;
  readonly community: string | undefined;
  /** What the page passes beside an ID token. */
  readonly nonce: string | undefined;
  readonly config: string | undefined;
  readonly json: boolean;
}

/**
 * Reports on a token against the configuration file, without a server: what only the store knows is left out, the keys of
 * platform JWTs among it.
 * @returns whether it would pass, as far as can be told
 */
export async function check(options: CheckOptions, clock: Clock, console: Console): Promise<boolean> {
  const token = await readToken(options, console);
  const config = await loadConfig(options.config ?? configurationPath(console.env), console.env, clock);
  const community = findCommunity(config, options.community);
  const fetch = outboundFetch(console);
  const providers = createProviders({
    fetch,
    allowLoopback: console.env.VOUCH_ALLOW_LOOPBACK === "1",
    unreachable: ({ discoveryUri }, reason) => console.remark(`${discoveryUri}: ${reason}`),
    clock,
  });
  const jwkSets = createJwkSets({
    fetch,
    store: { jwkSet: async () => null, saveJwkSet: async () => {} },
    audit: { note() {} },
    clock,
    random: Math.random,
    urls: () => [...community.jwksUrls, ...providers.jwksUris([community])],
    failed: (error) => console.remark(error instanceof Error ? error.message : String(error)),
  });
  try {
    const tokenCheck = createTokenCheck({
      clock,
      limits: config.limits,
      jwkSets,
      config,
      platformKeys: null,
      providerOf: providers.of,
      lookUp: null,
    });
    const report = await tokenCheck.check(token, {
      community,
      ...(options.nonce !== undefined && { nonce: options.nonce }),
    });
    console.print(options.json ? `${JSON.stringify(report, null, 2)}\n` : describeReport(report));
    return report.passes === true;
  } finally {
    jwkSets.close();
  }
}

async function readToken({ token, file }: CheckOptions, console: Console): Promise<string> {
  if (file !== undefined && token !== undefined)
    throw new UsageError("A token and --file are both there; give one of them.");
  if (file !== undefined) return withoutLineEnd(await readText(file));
  if (token === undefined) throw new UsageError("The token is missing; - reads it from standard input.");
  if (token !== "-") return token;
  return withoutLineEnd(await (console.readInput?.() ?? readStream(process.stdin)));
}

/** Editors and echo end a text with a line feed, which is not the token's. */
const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, "");

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new UsageError(`${path} can't be read.`);
  }
}

function findCommunity({ communities }: Config, id: string | undefined): Community {
  const [first, second] = communities.values();
  const found = id === undefined ? (second ? undefined : first) : communities.get(id);
  if (found) return found;
  const known = [...communities.keys()].join(", ") || "none";
  throw new UsageError(
    id === undefined
      ? `--community is missing; configured: ${known}.`
      : `There is no community ${id} in the file; there: ${known}. Those kept by the server are checked by POST /api/v1/admin/tokens/check.`,
  );
}

function describeReport(report: TokenReport): string {
  const lines = report.checks.flatMap(describeCheck);
  const repairs =
    report.repairs.length > 0 ? [`Read on after this report ${report.repairs.join(", then ")}.`] : [];
  const { communityId, checkedAt, kind, judgedAs } = report;
  const head = [`Community ${communityId}, ${checkedAt}`, `Kind: ${kind}, judged as ${judgedAs}`];
  return `${[...head, "", ...lines, "", ...repairs, describeVerdict(report)].join("\n")}\n`;
}

function describeVerdict({ passes, code, checks }: TokenReport): string {
  if (passes) return "The token passes: a session would be opened, unless it was revoked or used before.";
  if (code !== null) return `The token is refused: ${code}.`;
  return passes === null
    ? "Nobody can tell here whether the token passes: a check that decides (·) could not be made."
    : `The token is refused, by ${checks.find(({ passed }) => passed === false)?.code} at the latest.`;
}

function describeCheck({ check, passed, found, expected, cause, fix }: TokenCheckResult): string[] {
  const mark = passed === null ? "·" : passed ? "✓" : "✗";
  const head = `${mark} ${check.padEnd(15)} ${found ?? cause ?? ""}`;
  if (passed === null || cause === null) return [head.trimEnd()];
  const rows = [
    ["expected", expected],
    [passed ? "remark" : "cause", cause],
    ["fix", fix],
  ];
  return [head, ...rows.flatMap(([name, text]) => (text ? [`    ${`${name}:`.padEnd(10)}${text}`] : []))];
}
