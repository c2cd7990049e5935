import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import type { JWK } from "jose";
import { timestamp } from "../../shared/clock.ts";
import { KeyFault } from "./key-fault.ts";
import { describeNoPem, lostLineBreaks } from "./pem-misread.ts";

/**
 * The public key in a PEM text (RFC 7468): `PUBLIC KEY` (SPKI), `RSA PUBLIC KEY` (PKCS #1) or `CERTIFICATE`.
 * @param nowMs decides whether a certificate is valid
 * @throws KeyFault
 */
export function readPublicPem(text: string, nowMs: number): JWK {
  const labels = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, name = ""]) => name);
  const [label, second] = labels;
  if (label === undefined) throw new KeyFault(describeNoPem(text));
  // Node would derive the public key from a private one, which then lay in the configuration.
  if (labels.some((name) => name.includes("PRIVATE")))
    throw new KeyFault(
      "is or holds a private key; configure the public key, and treat the private one as known",
    );
  if (second !== undefined) throw new KeyFault(describeSeveral(labels));
  const lost = lostLineBreaks(text);
  if (lost !== null) throw new KeyFault(lost);
  if (label === "CERTIFICATE") return certifiedKey(openCertificate(text.trim()), nowMs);
  if (label !== "PUBLIC KEY" && label !== "RSA PUBLIC KEY")
    throw new KeyFault("is neither a PUBLIC KEY nor a CERTIFICATE");
  return exportKey(() => createPublicKey(text.trim()));
}

const describeSeveral = (labels: readonly string[]): string =>
  labels.every((label) => label === "CERTIFICATE")
    ? `is a chain of ${labels.length} certificates; give the first alone, which has the key`
    : "has more than one PEM block; give each key an entry";

/**
 * @param chain value of `x5c` (RFC 7517, section 4.7): each DER in base64, not base64url, the key's own first. Whom the
 * rest of the chain trusts plays no part: the operator trusts the key.
 */
export function readX5c(chain: unknown, nowMs: number): JWK {
  if (!Array.isArray(chain) || chain.length === 0 || !chain.every(isBase64))
    throw new KeyFault("must be an array of certificates in base64");
  return certifiedKey(openCertificate(Buffer.from(String(chain[0]), "base64")), nowMs);
}

const isBase64 = (value: unknown): boolean =>
  typeof value === "string" && /^[A-Za-z0-9+/]+={0,2}$/.test(value) && value.length % 4 === 0;

function openCertificate(source: string | Buffer): X509Certificate {
  try {
    return new X509Certificate(source);
  } catch {
    throw new KeyFault("is not a readable certificate");
  }
}

function certifiedKey(certificate: X509Certificate, nowMs: number): JWK {
  const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
  if (!(from <= nowMs && nowMs <= to))
    throw new KeyFault(`is a certificate that is valid from ${timestamp(from)} to ${timestamp(to)} only`);
  return exportKey(() => certificate.publicKey);
}

function exportKey(open: () => KeyObject): JWK {
  try {
    return open().export({ format: "jwk" });
  } catch {
    throw new KeyFault("is not a readable public key of type RSA, EC or OKP");
  }
}
