import type { ErrorCode } from "../../../shared/problems.ts";
import type { TextKey } from "./en.ts";
import type { Language } from "./language.ts";

type Problem = TextKey extends infer Key ? (Key extends `problem.${infer Name}` ? Name : never) : never;

/** Faults of a token that no customer can mend: all they can do is sign in again. Named here in types alone, for their weight. */
type IdentityCode =
  | "token_malformed"
  | "token_too_large"
  | "header_not_allowed"
  | "type_not_allowed"
  | "algorithm_not_allowed"
  | "key_unknown"
  | "key_id_required"
  | "signature_invalid"
  | "expiry_missing"
  | "expiry_too_far"
  | "token_not_yet_valid"
  | "issuer_mismatch"
  | "audience_mismatch"
  | "identity_missing"
  | "identity_invalid"
  | "identity_changed"
  | "attribute_invalid"
  | "oidc_exchange_failed"
  | "oidc_nonce_mismatch";

/** The compiler sees to it that a new code gets its text, or is counted among those above. */
const keys: Readonly<Record<Exclude<ErrorCode, IdentityCode>, Problem>> = {
  token_expired: "expired",
  token_replayed: "expired",
  token_revoked: "expired",
  session_missing: "expired",
  session_expired: "expired",
  session_revoked: "expired",
  signed_identity_required: "signIn",
  sign_in_required: "signIn",
  signed_identity_rejected: "setup",
  deployment_unknown: "setup",
  origin_not_allowed: "setup",
  placeholder_not_replaced: "setup",
  blocked_by_csp: "setup",
  deployment_inactive: "closed",
  community_inactive: "closed",
  destroyed: "closed",
  network: "network",
  timeout: "network",
  keyset_unavailable: "unavailable",
  unavailable: "unavailable",
  rate_limited: "tooFast",
  message_empty: "empty",
  message_too_long: "tooLong",
  too_large: "tooLong",
  attachment_refused: "attachment",
  message_conflict: "unexpected",
  request_invalid: "unexpected",
  not_found: "unexpected",
  forbidden: "unexpected",
};

/**
 * What a code means to the customer: sign in again, wait, or tell someone. The developer gets the precise cause through the
 * page's events and console.
 */
export const problemText = (language: Language, code: ErrorCode): string =>
  language.say(`problem.${code in keys ? keys[code as keyof typeof keys] : "identity"}`);
