import { expect, it } from "vitest";
import type { ErrorCode } from "../../../shared/problems.ts";
import { besideTexts } from "./en.beside.ts";
import { createLanguage } from "./language.ts";
import { type Problem, problemText } from "./problem-text.ts";

const language = createLanguage({ locale: "en", strings: {}, browserLocales: [] }, besideTexts);

/** Every code there is: the compiler sees to it that a new one gets its text. */
const expected: Readonly<Record<ErrorCode, Problem>> = {
  token_malformed: "identity",
  token_too_large: "identity",
  header_not_allowed: "identity",
  type_not_allowed: "identity",
  algorithm_not_allowed: "identity",
  key_unknown: "identity",
  key_id_required: "identity",
  signature_invalid: "identity",
  expiry_missing: "identity",
  token_expired: "identity",
  expiry_too_far: "identity",
  token_not_yet_valid: "identity",
  issuer_mismatch: "identity",
  audience_mismatch: "identity",
  identity_missing: "identity",
  identity_invalid: "identity",
  attribute_invalid: "identity",
  token_replayed: "identity",
  token_revoked: "identity",
  signed_identity_required: "identity",
  oidc_exchange_failed: "identity",
  oidc_nonce_mismatch: "identity",
  identity_changed: "identity",
  session_missing: "identity",
  session_expired: "identity",
  session_revoked: "identity",
  sign_in_required: "identity",
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
  message_too_long: "tooLong",
  too_large: "tooLong",
  message_empty: "unexpected",
  message_conflict: "unexpected",
  attachment_refused: "unexpected",
  request_invalid: "unexpected",
  not_found: "unexpected",
  forbidden: "unexpected",
};

it.each(Object.entries(expected))("tells a customer what to do about %s", (code, problem) => {
  expect(problemText(language, code as ErrorCode)).toBe(besideTexts[`problem.${problem}`]);
});
