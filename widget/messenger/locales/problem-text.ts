import type { ErrorCode } from "../../../shared/problems.ts";
import type { TextKey } from "./en.ts";
import type { Language } from "./language.ts";

type ProblemKey = Extract<TextKey, `problem.${string}`>;

/**
 * What each code means to the customer, who can't mend a token: sign in again, wait, or tell someone. The developer gets the
 * precise cause through the page's events and console.
 */
const keys = {
  token_malformed: "problem.identity",
  token_too_large: "problem.identity",
  header_not_allowed: "problem.identity",
  type_not_allowed: "problem.identity",
  algorithm_not_allowed: "problem.identity",
  key_unknown: "problem.identity",
  key_id_required: "problem.identity",
  signature_invalid: "problem.identity",
  expiry_missing: "problem.identity",
  token_expired: "problem.expired",
  expiry_too_far: "problem.identity",
  token_not_yet_valid: "problem.identity",
  issuer_mismatch: "problem.identity",
  audience_mismatch: "problem.identity",
  identity_missing: "problem.identity",
  identity_invalid: "problem.identity",
  attribute_invalid: "problem.identity",
  token_replayed: "problem.expired",
  token_revoked: "problem.expired",
  oidc_exchange_failed: "problem.identity",
  oidc_nonce_mismatch: "problem.identity",
  identity_changed: "problem.identity",
  session_missing: "problem.expired",
  session_expired: "problem.expired",
  session_revoked: "problem.expired",
  signed_identity_required: "problem.signIn",
  sign_in_required: "problem.signIn",
  signed_identity_rejected: "problem.setup",
  deployment_unknown: "problem.setup",
  origin_not_allowed: "problem.setup",
  placeholder_not_replaced: "problem.setup",
  blocked_by_csp: "problem.setup",
  deployment_inactive: "problem.closed",
  community_inactive: "problem.closed",
  destroyed: "problem.closed",
  network: "problem.network",
  timeout: "problem.network",
  keyset_unavailable: "problem.unavailable",
  unavailable: "problem.unavailable",
  rate_limited: "problem.tooFast",
  message_empty: "problem.empty",
  message_too_long: "problem.tooLong",
  too_large: "problem.tooLong",
  attachment_refused: "problem.attachment",
  message_conflict: "problem.unexpected",
  request_invalid: "problem.unexpected",
  not_found: "problem.unexpected",
  forbidden: "problem.unexpected",
} as const satisfies Record<ErrorCode, ProblemKey>;

export const problemText = (language: Language, code: ErrorCode): string => language.say(keys[code]);
