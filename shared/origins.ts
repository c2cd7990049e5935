/**
 * Origins that may embed a deployment. A pattern is an origin (`https://www.acme.example`), one with a wildcard as its
 * whole left label (`https://*.acme.example`, any depth below it, as in CSP), or one with a wildcard port
 * (`http://localhost:*`). The same list drives `frame-ancestors`, the bridge handshake, CORS and the WebSocket's Origin.
 */
const pattern = /^(https?):\/\/(\*\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::(\d{1,5}|\*))?$/;

interface OriginPattern {
  readonly scheme: string;
  readonly subdomains: boolean;
  readonly host: string;
  /** `""` is the scheme's default port. */
  readonly port: string;
}

/** null where the text is not a pattern: a path, a bare `*`, a wildcard elsewhere, upper case, a default port spelt out. */
export function parseOriginPattern(text: string): OriginPattern | null {
  const match = pattern.exec(text);
  if (!match) return null;
  const [, scheme = "", wildcard, host = "", port = ""] = match;
  if (wildcard && (!host.includes(".") || /^[\d.]+$/.test(host))) return null;
  const url = parseUrl(`${scheme}://${host}${port === "*" ? "" : port && `:${port}`}`);
  if (!url || url.hostname !== host || (port !== "*" && url.port !== port)) return null;
  return { scheme, subdomains: wildcard !== undefined, host, port };
}

/**
 * @param origin as a browser sends it; `null` (opaque) and anything malformed match nothing
 * @param patterns that `parseOriginPattern` takes
 */
export const originAllowed = (origin: string, patterns: readonly string[]): boolean =>
  patterns.some((text) => {
    const exact = text
      .replace(/[.[\]]/g, "\\$&")
      .replace("*\\.", "([^/:@.]+\\.)+")
      .replace(":*", "(:\\d+)?");
    return new RegExp(`^${exact}$`).test(origin);
  });

/** `URL.parse` for browsers that do not have it yet. */
function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
