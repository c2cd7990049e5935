import { createHash } from "node:crypto";

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
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  const known = request.headers.get("if-none-match")?.split(",") ?? [];
  const fresh = known.some((tag) => tag.trim().replace(/^W\//, "") === etag);
  return new Response(fresh ? null : body, {
    status: fresh ? 304 : 200,
    headers: { ...headers, ETag: etag },
  });
}
