import type { Clock } from "../../../shared/clock.ts";
import { ProblemError } from "../../../shared/problem-error.ts";
import type { Community, Config } from "../../config/config.ts";
import { decodeSet, JwkSetFault, readJwkSet } from "../../identity/jwk-sets/read-set.ts";
import { isPublicKeyAlgorithm, publicKeyAlgorithms } from "../../identity/public-key.ts";
import { isJsonObject } from "../../identity/strict-json.ts";
import type { Provider } from "../../oidc/provider.ts";
import { createProviders } from "../../oidc/providers.ts";
import { type GuardedFetch, type GuardedResponse, OutboundRefused } from "../../outbound/guarded-fetch.ts";
import { type Finding, fine, problem, warning } from "./finding.ts";

const timeoutMs = 5000;
const maxBytes = 256 * 1024;
/** What `clockSkewSeconds` forgives by default. */
const maxSkewSeconds = 60;

interface Network {
  readonly fetch: GuardedFetch;
  readonly allowLoopback: boolean;
  readonly clock: Clock;
}

interface Visit {
  readonly findings: readonly Finding[];
  /** The `Date` of an answer over https against our clock, in seconds; null: none came. */
  readonly skewSeconds: number | null;
}

/** Everything that is asked over the network, at the same time, each for 5 s at most. */
export async function examineNetwork(
  config: Config | null,
  publicUrl: string | null | undefined,
  network: Network,
): Promise<readonly Finding[]> {
  const communities = [...(config?.communities.values() ?? [])];
  const visits = await Promise.all([
    ...communities.flatMap((community) =>
      community.jwksUrls.map((url) => visitKeys(community, url, network)),
    ),
    ...communities.map((community) => visitProvider(community, network)),
    ...(publicUrl ? [visitOurselves(publicUrl, network)] : []),
  ]);
  return [
    ...visits.flatMap(({ findings }) => findings),
    judgeClock(visits.map(({ skewSeconds }) => skewSeconds)),
  ];
}

const visitKeys = ({ id }: Community, url: string, network: Network): Promise<Visit> =>
  visitSet(`JWK set of ${id}`, url, network);

async function visitSet(subject: string, url: string, network: Network): Promise<Visit> {
  return visit(url, network, subject, async ({ status, body }) => {
    if (status !== 200) return [problem(subject, `answered ${status}`, "Serve the JWK set with status 200.")];
    const { keys, leftOut } = await readJwkSet(decodeSet(body), network.clock.now());
    const omitted = leftOut.map(({ index, reason }) =>
      warning(
        subject,
        `its key ${index} is left out: ${reason}`,
        "Publish a key that is allowed, if tokens are signed with this one.",
      ),
    );
    if (keys.size === 0)
      return [
        problem(subject, "has no key that verifies anything", "Publish the public key that signs."),
        ...omitted,
      ];
    const names = [...keys].map(([kid, { key }]) => `${kid} for ${key.alg}`);
    return [fine(subject, `reachable; ${names.join(", ")}`), ...omitted];
  });
}

/** By the server's own discovery, so that what is fine here is fine there. */
async function visitProvider(community: Community, network: Network): Promise<Visit> {
  const { id, oidc } = community;
  if (!oidc) return { findings: [], skewSeconds: null };
  const subject = `OpenID provider of ${id}`;
  // What clients are not told: who runs the doctor may know of the network.
  const reports: string[] = [];
  const unreachable = (_: unknown, reason: string): void => void reports.push(reason);
  try {
    const provider = await createProviders({ ...network, unreachable }).of(community, oidc);
    const keys = await visitSet(`JWK set of the ${subject}`, provider.jwksUri, network);
    return { ...keys, findings: [...judgeProvider(subject, provider), ...keys.findings] };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const fix = "Check discoveryUri, the provider, and the way there from this machine.";
    return { findings: [problem(subject, [error.message, ...reports].join(" "), fix)], skewSeconds: null };
  }
}

const optional = ["revocation_endpoint", "end_session_endpoint", "backchannel_logout_supported"] as const;

function judgeProvider(subject: string, { algorithms, metadata }: Provider): readonly Finding[] {
  const findings: Finding[] = [];
  if (algorithms !== null && !algorithms.some(isPublicKeyAlgorithm))
    findings.push(
      problem(
        subject,
        `signs ID tokens with ${algorithms.join(", ")} only`,
        `Let it sign with one of ${publicKeyAlgorithms.join(", ")}.`,
      ),
    );
  if (!metadata.code_challenge_methods_supported?.includes("S256"))
    findings.push(
      warning(
        subject,
        "does not say that it takes PKCE (S256)",
        "Switch PKCE on for the client, where it can be.",
      ),
    );
  const missing = optional.filter((name) => !metadata[name]);
  const without = missing.length > 0 ? `; it has no ${missing.join(", ")}` : "";
  return [...findings, fine(subject, `its discovery document answers${without}`)];
}

const visitOurselves = (publicUrl: string, network: Network): Promise<Visit> =>
  visit(`${publicUrl}/healthz`, network, "PUBLIC_URL/healthz", ({ status, body }) => [
    status === 200 && parse(body)?.status === "ok"
      ? fine("PUBLIC_URL/healthz", "answers")
      : warning(
          "PUBLIC_URL/healthz",
          `answered ${status}, and not as this server does`,
          "Start the server, and let the proxy pass everything under PUBLIC_URL to it.",
        ),
  ]);

async function visit(
  url: string,
  { fetch, clock }: Network,
  subject: string,
  judge: (response: GuardedResponse) => readonly Finding[] | Promise<readonly Finding[]>,
): Promise<Visit> {
  try {
    const response = await fetch(url, { maxBytes, timeoutMs });
    const date = url.startsWith("https:") ? Date.parse(response.headers.date ?? "") : Number.NaN;
    return {
      findings: await judge(response),
      skewSeconds: Number.isNaN(date) ? null : Math.round((clock.now() - date) / 1000),
    };
  } catch (error) {
    if (!(error instanceof OutboundRefused || error instanceof JwkSetFault)) throw error;
    const report = subject.startsWith("PUBLIC_URL") ? warning : problem;
    const fix =
      error instanceof JwkSetFault
        ? "Serve a JWK set (RFC 7517)."
        : "Check the address, its server, and the way there from this machine.";
    return { findings: [report(subject, error.message, fix)], skewSeconds: null };
  }
}

/** Several servers rarely share a wrong clock: the one nearest to ours counts. */
function judgeClock(skews: readonly (number | null)[]): Finding {
  const known = skews.filter((skew) => skew !== null).sort((one, other) => Math.abs(one) - Math.abs(other));
  const [skew] = known;
  if (skew === undefined)
    return warning("clock", "was compared with nothing: no https server answered", "Keep the clock by NTP.");
  if (Math.abs(skew) <= maxSkewSeconds)
    return fine("clock", `agrees with other servers within ${Math.abs(skew)} s`);
  return problem(
    "clock",
    `is ${Math.abs(skew)} s ${skew > 0 ? "ahead" : "behind"}`,
    "Set the clock (NTP): tokens expire by it.",
  );
}

function parse(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
