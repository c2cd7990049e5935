/**
 * A server that speaks S3, for tests. The one from the registry takes any signature of version 4, so that requests pass a
 * door first, which computes each signature anew after Amazon's description and refuses what differs.
 */

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import S3rver from "s3rver";
import type { S3Settings } from "../s3.ts";

export interface S3Server {
  readonly settings: S3Settings;
  /** Answers everything, or all requests of a method, with a refusal from now on. */
  fail(status: number, method?: string): void;
  heal(): void;
  close(): Promise<void>;
}

const secretAccessKey = "S3RVER";

export async function startS3Server(directory: string): Promise<S3Server> {
  const s3 = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory,
    configureBuckets: [{ name: "attachments", configs: [] }],
  });
  const { port: inner } = await s3.run();
  let failure: { readonly status: number; readonly method: string | undefined } | null = null;
  const door = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const refuse = (status: number, code: string): void =>
      void response.writeHead(status).end(`<Error><Code>${code}</Code></Error>`);
    if (failure && (failure.method ?? request.method) === request.method)
      return refuse(failure.status, "InternalError");
    if (!isSigned(request, secretAccessKey)) return refuse(403, "SignatureDoesNotMatch");
    if (sha256(body) !== request.headers["x-amz-content-sha256"])
      return refuse(400, "XAmzContentSHA256Mismatch");
    const { authorization = "", "x-amz-date": date, "x-amz-content-sha256": digest } = request.headers;
    const answer = await fetch(`http://127.0.0.1:${inner}${request.url}`, {
      method: request.method ?? "GET",
      headers: { authorization, "x-amz-date": String(date), "x-amz-content-sha256": String(digest) },
      ...(request.method === "PUT" && { body }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, bytes.length > 0 ? { "content-length": bytes.length } : {}).end(bytes);
  }).listen(0, "127.0.0.1");
  await once(door, "listening");
  const { port } = door.address() as AddressInfo;
  return {
    settings: {
      bucket: "attachments",
      prefix: "chat/",
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-central-1",
      accessKeyId: "S3RVER",
      secretAccessKey,
      sessionToken: null,
    },
    fail(status, method) {
      failure = { status, method };
    },
    heal() {
      failure = null;
    },
    async close() {
      door.closeAllConnections();
      door.close();
      await s3.close();
    },
  };
}

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();

/** Amazon S3 API Reference, “Signature Calculations for the Authorization Header”; without a query. */
function isSigned({ method, url = "", headers }: IncomingMessage, secret: string): boolean {
  const form =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/((\d{8})\/([\w-]+)\/s3\/aws4_request), SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/;
  const [, scope = "", date = "", region = "", names = "", signature = ""] =
    form.exec(headers.authorization ?? "") ?? [];
  const signed = names.split(";");
  if (!["host", "x-amz-content-sha256", "x-amz-date"].every((name) => signed.includes(name))) return false;
  const canonical = [
    method,
    url,
    "",
    ...signed.map((name) => `${name}:${headers[name]}`),
    "",
    names,
    headers["x-amz-content-sha256"],
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  const key = [date, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, "hex"));
}
