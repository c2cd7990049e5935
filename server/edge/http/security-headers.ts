import type { OutgoingMessage } from "node:http";

/**
 * What every answer says, refusals too, unless its handler says otherwise: `Cache-Control` of public documents,
 * `Cross-Origin-Resource-Policy` of what host pages embed.
 *
 * Said to Node's own response beforehand, where the answer's headers replace it: to look into the answer's makes a `Headers`
 * object of them, which takes longer than the rest of the way through Hono.
 *
 * @param https whether browsers reach this server by https (RFC 6797: the header means nothing elsewhere)
 */
export function securityHeaders(https: boolean): (outgoing: OutgoingMessage) => void {
  return (outgoing) => {
    outgoing.setHeader("X-Content-Type-Options", "nosniff");
    outgoing.setHeader("Referrer-Policy", "no-referrer");
    outgoing.setHeader("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    if (https) outgoing.setHeader("Strict-Transport-Security", "max-age=31536000");
    outgoing.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    outgoing.setHeader("Cache-Control", "no-store");
  };
}
