import type { Place } from "../access/own-origins.ts";

/**
 * For the pages that run our scripts: no inline code, no foreign code, no HTML from strings (Trusted Types), nothing
 * but this server to talk to.
 *
 * @param pageOrigin the origin the page was asked for by
 * @param frameAncestors source expressions; empty: framed by nobody
 */
export function appPolicy(place: Place, pageOrigin: string, frameAncestors: readonly string[]): string {
  // Older WebKit does not take 'self' to include the WebSocket scheme. The origin comes from the request's Host, so it
  // counts only where it is one of ours.
  const own = place.ownOrigins.has(pageOrigin) ? pageOrigin : place.publicOrigin;
  return [
    "default-src 'none'",
    "script-src 'self'",
    `connect-src 'self' ${own.replace(/^http/, "ws")}`,
    "style-src 'self'",
    // `blob:`: pictures of conversations, which are fetched with the session's token.
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `frame-ancestors ${frameAncestors.join(" ") || "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}
