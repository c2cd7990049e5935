import type { ProblemError } from "../../../shared/problem-error.ts";
import { quote, readAlgorithm, readKid, type TokenHeader } from "../header.ts";
import type { JwkSets } from "../jwk-sets.ts";
import { findKey } from "../keyring.ts";
import type { VerificationKey } from "../keys.ts";
import { verifySignature } from "../signature.ts";
import { explainWrongAlgorithm } from "./algorithm-advice.ts";
import { explainForeign } from "./foreign-token.ts";
import {
  type Advice,
  examine,
  notChecked,
  type TokenCheckResult,
  unreadable,
  valueOrNull,
} from "./report.ts";
import { explainSignature } from "./signature-advice.ts";
import { findSigner } from "./signature-match.ts";
import { isSimilar, plainForm } from "./similar.ts";
import { knownKeys, ownedBy, type Subject } from "./subject.ts";

/** Where the gate of a kind finds keys, and what is known of tokens that found none. */
export interface KeySource {
  readonly expected: string;
  /** @throws ProblemError as the gate does */
  find(header: TokenHeader): VerificationKey | Promise<VerificationKey>;
  adviseKey(header: TokenHeader, problem: ProblemError): Promise<Advice | null>;
  adviseSignature(text: string, key: VerificationKey): Promise<Advice | null>;
}

export const contactKeys = (subject: Subject): KeySource => ({
  expected: describeKeys(subject),
  find: (header) => findKey(header, subject.community, subject.jwkSets),
  adviseKey: (header, problem) => explainKey(subject, header, problem),
  adviseSignature: (text, key) => explainSignature(subject, text, key),
});

const expectedSignature = "the signature of that key over header and payload";

/** Steps 3 and 4 of the gate. @param source `missing`: why there are no keys at hand */
export async function checkKey(
  { reading }: Subject,
  source: KeySource | { readonly expected: string; readonly missing: string },
): Promise<TokenCheckResult[]> {
  const { expected } = source;
  if ("missing" in source)
    return [
      notChecked("key", expected, source.missing),
      notChecked("signature", expectedSignature, source.missing),
    ];
  const { header: members } = reading;
  const header =
    members &&
    (await valueOrNull((): TokenHeader => ({ alg: readAlgorithm(members), kid: readKid(members) })));
  if (!header)
    return [notChecked("key", expected, unreadable), notChecked("signature", expectedSignature, unreadable)];
  let key: VerificationKey | null = null;
  const found = await examine(
    { check: "key", found: `kid ${quote(header.kid ?? undefined)}, alg ${quote(header.alg)}`, expected },
    async () => {
      key = await source.find(header);
    },
    (problem) => source.adviseKey(header, problem),
  );
  return [found, await checkSignature(reading.text, key, source)];
}

function checkSignature(
  text: string | null,
  key: VerificationKey | null,
  source: KeySource,
): TokenCheckResult | Promise<TokenCheckResult> {
  if (text === null || key === null)
    return notChecked(
      "signature",
      expectedSignature,
      text === null ? unreadable : "There is no key to compare it with.",
    );
  const bytes = Buffer.byteLength(text.slice(text.lastIndexOf(".") + 1), "base64url");
  return examine(
    { check: "signature", found: `${bytes} bytes`, expected: expectedSignature },
    () => verifySignature(text, key),
    () => source.adviseSignature(text, key),
  );
}

function describeKeys({ community: { keys, jwksUrls } }: Subject): string {
  const named = keys
    .slice(0, 16)
    .map(({ kid, alg }) => `${kid === null ? "(no kid)" : `“${kid}”`} for ${alg}`);
  return (
    [...named, ...(jwksUrls.length > 0 ? ["a key of the JWK set"] : [])].join(", ") ||
    "a key; none is configured"
  );
}

async function explainKey(
  subject: Subject,
  header: TokenHeader,
  problem: ProblemError,
): Promise<Advice | null> {
  if (problem.code === "algorithm_not_allowed") return explainWrongAlgorithm(subject, header.alg);
  if (problem.code === "keyset_unavailable")
    return explainKeySet(subject.jwkSets, subject.community.jwksUrls);
  if (header.kid === null) return explainSigner(subject);
  return explainKid(subject, header.kid) ?? (await explainSigner(subject)) ?? explainForeign(subject);
}

/** The operator may read what the network said; whoever presents a token may not. */
export function explainKeySet(jwkSets: JwkSets, urls: readonly string[]): Advice | null {
  const failing = jwkSets.status(urls).find(({ failure }) => failure !== null);
  return failing?.failure ? { cause: failing.failure } : null;
}

function explainKid(subject: Subject, kid: string): Advice | null {
  const { community, jwkSets } = subject;
  const elsewhere = knownKeys(subject).find(({ key }) => key.kid === kid);
  if (elsewhere)
    return {
      cause: `The community ${elsewhere.communityId} has a key of this id.`,
      fix: `Pass the token to a deployment of ${elsewhere.communityId}, or sign it with a key of ${community.id}.`,
    };
  const sets = jwkSets.status(community.jwksUrls);
  const leftOut = sets.flatMap((set) => set.leftOut).find((key) => key.kid === kid);
  if (leftOut)
    return {
      cause: `The JWK set has a key of this id that is left out: ${leftOut.reason}.`,
      fix: "Publish a key that is allowed, and sign with it.",
    };
  const own = [...community.keys, ...sets.flatMap(({ keys }) => keys)]
    .map((key) => key.kid)
    .filter((name) => name !== null);
  const same = own.find((name) => plainForm(name) === plainForm(kid));
  if (same !== undefined)
    return {
      cause: `It differs from “${same}” in case, white space or punctuation only.`,
      fix: `Write kid exactly as the key is configured: “${same}”.`,
    };
  const near = own.find((name) => isSimilar(kid, name));
  return near === undefined
    ? null
    : { cause: `“${near}” is configured.`, fix: `If that is meant, write kid as “${near}”.` };
}

/** In a place that takes no Contact JWTs. */
export async function explainContactSigner(subject: Subject): Promise<Advice | null> {
  const signer = await findSigner(subject);
  return (
    signer && {
      cause: `The signature is that of ${ownedBy(signer, subject.community)}.`,
      fix: `Sign a Contact JWT with that key, and pass it as contactJwt to a deployment of ${signer.communityId}.`,
    }
  );
}

async function explainSigner(subject: Subject): Promise<Advice | null> {
  const signer = await findSigner(subject);
  if (!signer) return null;
  const cause = `The signature is that of ${ownedBy(signer, subject.community)}.`;
  if (signer.communityId !== subject.community.id)
    return { cause, fix: `Pass the token to a deployment of ${signer.communityId}.` };
  if (signer.key.kid === null)
    return { cause, fix: "Give the configured key a kid, and put it into the token's header." };
  return { cause, fix: `Put “kid”: “${signer.key.kid}” into the token's header.` };
}
