import { createHash } from "node:crypto";

/** Short name of these bytes; 128 bits, so that it never names others by chance. */
export const contentHash = (content: string | Uint8Array): string =>
  createHash("sha256").update(content).digest("base64url").slice(0, 22);

/** Whether the client has this representation (RFC 9110, section 13.1.2: compared weakly). */
export function isCurrent(request: Request, etag: string): boolean {
  const known = request.headers.get("if-none-match")?.split(",") ?? [];
  return known.some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}

/**
 * A small document that clients may keep: answered with 304 while they have the present one.
 *
 * @param body text of the document
 */
export function withETag(
  request: Request,
  body: string,
  headers: Readonly<Record<string, string>>,
): Response {
  const etag = `"${contentHash(body)}"`;
  const current = isCurrent(request, etag);
  return new Response(current ? null : body, {
    status: current ? 304 : 200,
    headers: { ...headers, ETag: etag },
  });
}
