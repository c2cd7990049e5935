import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import type { JWK } from "jose";
import { timestamp } from "../../shared/clock.ts";
import { KeyFault } from "./key-fault.ts";

/**
 * The public key in a PEM text (RFC 7468): `PUBLIC KEY` (SPKI), `RSA PUBLIC KEY` (PKCS #1) or `CERTIFICATE`.
 * @param nowMs decides whether a certificate is valid
 * @throws KeyFault
 */
export function readPublicPem(text: string, nowMs: number): JWK {
  const [label, second] = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, name]) => name);
  if (label === undefined) throw new KeyFault("is not PEM text (-----BEGIN PUBLIC KEY-----)");
  if (second !== undefined) throw new KeyFault("has more than one PEM block; give each key an entry");
  // Node would derive the public key from a private one, which then lay in the configuration.
  if (label.includes("PRIVATE"))
    throw new KeyFault("is a private key; configure the public key, and treat the private one as known");
  if (label === "CERTIFICATE") return certifiedKey(openCertificate(text.trim()), nowMs);
  if (label !== "PUBLIC KEY" && label !== "RSA PUBLIC KEY")
    throw new KeyFault("is neither a PUBLIC KEY nor a CERTIFICATE");
  return exportKey(() => createPublicKey(text.trim()));
}

/** @param der one element of `x5c` (RFC 7517, section 4.7): DER in base64, not base64url */
export function readX5c(der: string, nowMs: number): JWK {
  return certifiedKey(openCertificate(Buffer.from(der, "base64")), nowMs);
}

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
