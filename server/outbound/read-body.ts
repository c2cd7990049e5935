import type { IncomingMessage } from "node:http";
import { OutboundRefused } from "./guarded-fetch.ts";

/** What the head of the answer already rules out. @throws OutboundRefused */
export function checkHead(
  host: string,
  { statusCode = 0, headers }: IncomingMessage,
  maxBytes: number,
): void {
  if (statusCode >= 300 && statusCode <= 399)
    throw new OutboundRefused(
      `${host} redirects (status ${statusCode}), and redirects are not followed; configure the address that it leads to.`,
    );
  if (statusCode < 200 || statusCode > 599)
    throw new OutboundRefused(`${host} answers with status ${statusCode}, which HTTP does not have.`);
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity")
    throw new OutboundRefused(
      `${host} compresses its answer though asked not to; serve it without a content encoding.`,
    );
  if (Number(headers["content-length"] ?? 0) > maxBytes) throw tooLong(host, maxBytes);
}

/** Reads no more than it keeps. @throws OutboundRefused, or what the connection throws */
export async function readBody(host: string, answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLong(host, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

const tooLong = (host: string, maxBytes: number): OutboundRefused =>
  new OutboundRefused(`${host} answers with more than the ${maxBytes} bytes that are read; serve less.`);
