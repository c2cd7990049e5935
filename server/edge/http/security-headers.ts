import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "./route.ts";

/**
 * What every answer says, refusals too. A handler may have said otherwise before: `Cache-Control` of public documents,
 * `Cross-Origin-Resource-Policy` of what host pages embed.
 *
 * @param https whether browsers reach this server by https (RFC 6797: the header means nothing elsewhere)
 */
export function securityHeaders(https: boolean): MiddlewareHandler<HttpEnv> {
  return async (http, next) => {
    await next();
    const { headers } = http.res;
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    if (https) headers.set("Strict-Transport-Security", "max-age=31536000");
    if (!headers.has("Cross-Origin-Resource-Policy"))
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  };
}
