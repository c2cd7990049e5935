import type { S3Settings } from "../attachment/blobs/s3.ts";
import type { ConfigurationFault } from "./configuration-error.ts";

/** Where the bytes of attachments lie: in the data directory, or in a bucket. */
export type AttachmentStorage =
  | { readonly kind: "disk" }
  | { readonly kind: "s3"; readonly settings: S3Settings };

/**
 * VOUCH_ATTACHMENTS: `s3://BUCKET/PREFIX?region=…&endpoint=…`, the last three optional; with the credentials under the names
 * that every S3 client reads. Absent: the data directory. Where faults are noted, what is returned serves nobody.
 */
export function readAttachmentStorage(
  env: NodeJS.ProcessEnv,
  note: (fault: ConfigurationFault) => void,
): AttachmentStorage {
  if (!env.VOUCH_ATTACHMENTS) return { kind: "disk" };
  const url = URL.canParse(env.VOUCH_ATTACHMENTS) ? new URL(env.VOUCH_ATTACHMENTS) : null;
  const endpoint = url?.searchParams.get("endpoint") ?? null;
  const unknown = [...(url?.searchParams.keys() ?? [])].find((name) => !/^(endpoint|region)$/.test(name));
  if (!url || !isPlain(url) || unknown !== undefined || (endpoint !== null && !isOrigin(endpoint))) {
    const message = "must be s3://BUCKET/PREFIX?region=REGION&endpoint=ORIGIN, without credentials";
    note({ path: "VOUCH_ATTACHMENTS", message });
    return { kind: "disk" };
  }
  for (const path of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    if (!env[path]) note({ path, message: "must be set where VOUCH_ATTACHMENTS names a bucket" });
  const prefix = url.pathname.slice(1);
  return {
    kind: "s3",
    settings: {
      bucket: url.hostname,
      prefix: prefix === "" ? "" : prefix.replace(/\/*$/, "/"),
      endpoint: endpoint && new URL(endpoint).origin,
      region: url.searchParams.get("region") ?? env.AWS_REGION ?? "us-east-1",
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
      sessionToken: env.AWS_SESSION_TOKEN || null,
    },
  };
}

/** Bucket names are what host names are made of (the rules of S3); a prefix is plain enough to need no escaping. */
const isPlain = (url: URL): boolean =>
  url.protocol === "s3:" &&
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.hostname) &&
  url.username === "" &&
  url.password === "" &&
  url.port === "" &&
  url.hash === "" &&
  /^(\/[\w.-]+)*\/?$/.test(url.pathname);

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text.replace(/\/$/, "");
}
