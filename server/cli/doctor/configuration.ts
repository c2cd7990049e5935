import type { Community, Config, Deployment } from "../../config/config.ts";
import { type Finding, fine, problem, warning } from "./finding.ts";

const day = 86_400;

/**
 * What the configuration allows, and somebody may regret.
 * @param storeThere there is a database, which may hold objects of the administrators' API; a running server keeps it to
 *   itself, so they are not looked at
 */
export function examineConfiguration(config: Config, storeThere: boolean): readonly Finding[] {
  const absent = storeThere ? warning : problem;
  return [
    fine(
      "configuration",
      `read without a fault; communities: ${config.communities.size}, deployments: ${config.deployments.size}`,
    ),
    ...config.warnings.map((text) => warning("configuration", text, "See docs/configuration.md.")),
    ...(config.deployments.size === 0
      ? [
          absent(
            "deployments",
            "there is none in the file: no page can show the messenger",
            "Configure a deployment, in the file or by the administrators' API.",
          ),
        ]
      : []),
    ...[...config.communities.values()].flatMap(examineCommunity),
    ...[...config.deployments.values()].flatMap(examineDeployment),
  ];
}

function examineCommunity(community: Community): readonly Finding[] {
  const { id, signedIdentities, keys, jwksUrls, oidc, maxTokenLifetimeSeconds } = community;
  const subject = `community ${id}`;
  const findings: Finding[] = [];
  const warn = (found: string, fix: string) => findings.push(warning(subject, found, fix));
  if (!community.active) warn("is switched off", "Set active to true.");
  if (signedIdentities === "accept")
    warn(
      "accepts visitors beside customers: agents must look whether a contact is verified",
      "Use require where all customers sign in.",
    );
  if (signedIdentities === "reject")
    warn("takes no signed identities: everybody is a visitor", "Use require or accept.");
  if (signedIdentities !== "reject" && keys.length + jwksUrls.length === 0 && !oidc)
    findings.push(
      problem(
        subject,
        "has no key: no customer can sign in",
        "Configure a key, a JWK set or an OpenID provider.",
      ),
    );
  if (keys.some(({ alg }) => alg === "HS256"))
    warn(
      "has a shared token (HS256): whoever can verify with it can sign",
      "Prefer a public key: RS256, ES256 or EdDSA. If a shared token it is, keep it in a secret store.",
    );
  if (maxTokenLifetimeSeconds > day)
    warn(
      `takes tokens that live for ${Math.round(maxTokenLifetimeSeconds / day)} days`,
      "Sign short tokens (15 minutes) and let the page renew them; lower maxTokenLifetimeSeconds.",
    );
  if (community.clockSkewSeconds > 300)
    warn(
      `forgives ${community.clockSkewSeconds} s of clock skew`,
      "Set the signing servers' clocks (NTP) and use 60.",
    );
  return findings.length > 0
    ? findings
    : [fine(subject, `${signedIdentities}, ${keys.length + jwksUrls.length} keys or sets`)];
}

function examineDeployment({ id, active, allowedOrigins }: Deployment): readonly Finding[] {
  const subject = `deployment ${id}`;
  const fix = "List the https origins of your pages in allowedOrigins.";
  const findings: Finding[] = [];
  if (!active) findings.push(warning(subject, "is switched off", "Set active to true."));
  if (allowedOrigins.length === 0) findings.push(problem(subject, "may be embedded nowhere", fix));
  for (const origin of allowedOrigins) {
    if (/\/\/(\*\.)?(localhost|127\.|\[::1\])/.test(origin))
      findings.push(
        warning(
          subject,
          `may be embedded on ${origin}: every program on a customer's machine may serve that`,
          fix,
        ),
      );
    else if (origin.startsWith("http:"))
      findings.push(
        problem(subject, `may be embedded on ${origin}: whoever is on the way can change that page`, fix),
      );
    else if (origin.includes("*"))
      findings.push(
        warning(
          subject,
          `may be embedded on ${origin}: the weakest of these pages decides`,
          "Name the pages' origins one by one where you can.",
        ),
      );
  }
  return findings.length > 0 ? findings : [fine(subject, allowedOrigins.join(", "))];
}
