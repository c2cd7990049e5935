import { quote } from "../identity/header.ts";
import { OutboundRefused } from "../outbound/guarded-fetch.ts";

/** Why a call of openid-client failed, in words that hold nothing of what was sent, and hardly more of what came back. */
export interface Failure {
  /** For whoever asked: nothing of the network that we run in. */
  readonly reason: string;
  /** For operators. */
  readonly report: string;
}

export function describeFailure(error: unknown): Failure {
  const refused = causes(error).find((cause) => cause instanceof OutboundRefused);
  if (refused) return { reason: "it can't be reached", report: refused.message };
  const reason = causes(error).map(codeOf).find(Boolean) ?? "its answer is not of the expected form";
  return { reason, report: reason };
}

/** The same request may do better later: nobody answered, or the provider said so. */
export const isTemporary = (error: unknown): boolean =>
  causes(error).some(
    (cause) =>
      cause instanceof OutboundRefused ||
      (cause instanceof Response && (cause.status >= 500 || cause.status === 429)) ||
      temporaryErrors.includes(oauthError(cause)),
  );

const temporaryErrors: readonly unknown[] = ["temporarily_unavailable", "server_error", "slow_down"];

/** `error` of an answer (RFC 6749, section 5.2), as openid-client's ResponseBodyError has it. */
const oauthError = (error: unknown): unknown =>
  error instanceof Error && "error" in error ? error.error : undefined;

/** The error and what caused it, outermost first. */
function causes(error: unknown): readonly unknown[] {
  const found: unknown[] = [];
  for (let at = error; at !== undefined && found.length < 8; at = at instanceof Error ? at.cause : undefined)
    found.push(at);
  return found;
}

/** `OAUTH_RESPONSE_IS_NOT_JSON` */
const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? quote(error.code) : undefined;
