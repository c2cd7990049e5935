import { ProblemError } from "../../../shared/problem-error.ts";

/**
 * RFC 9457. Every 401 carries the challenge of RFC 6750, section 3; every answer that a wait can mend says how long.
 *
 * @param error anything thrown; what is no ProblemError is our own fault: a 500 that says nothing of its inside
 * @param publicOrigin where `/problems/{code}` explains the code
 */
export function problemResponse(error: unknown, publicOrigin: string): Response {
  const expected = error instanceof ProblemError;
  const problem = expected ? error : new ProblemError("unavailable");
  const status = expected ? problem.kind.status : 500;
  const headers = new Headers({ "Content-Type": "application/problem+json", "Cache-Control": "no-store" });
  if (status === 401) headers.set("WWW-Authenticate", challenge(problem));
  if (status === 429 || status === 503) headers.set("Retry-After", String(problem.retryAfterSeconds ?? 1));
  return new Response(JSON.stringify({ ...problem.toDocument(publicOrigin), status }), { status, headers });
}

const challenge = ({ code }: ProblemError): string =>
  code === "session_missing" ? 'Bearer realm="vouch"' : 'Bearer realm="vouch", error="invalid_token"';

/** A path that exists for other methods (RFC 9110, section 15.5.6). */
export const methodNotAllowed = (allowed: readonly string[], publicOrigin: string): Response =>
  otherwise(
    405,
    `This address answers to ${allowed.join(", ")}.`,
    { Allow: allowed.join(", ") },
    publicOrigin,
  );

/** A WebSocket's path, asked without an upgrade (RFC 9110, section 15.5.22): most often a proxy kept it to itself. */
export const upgradeRequired = (publicOrigin: string): Response =>
  otherwise(
    426,
    "This address takes WebSockets, and the request did not ask for one: a proxy in between has to pass the headers Upgrade and Connection on.",
    { Upgrade: "websocket", Connection: "Upgrade" },
    publicOrigin,
  );

/** `request_invalid` with the status that HTTP has for it. */
function otherwise(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>>,
  publicOrigin: string,
): Response {
  const problem = new ProblemError("request_invalid", { detail });
  return new Response(JSON.stringify({ ...problem.toDocument(publicOrigin), status }), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}
