/**
 * The closed set of codes and, for each, what every transport says about it: HTTP status, WebSocket close code (where the
 * connection can't go on), whether the same request can succeed later, the cause in one sentence, and the fix.
 * `detail` of a problem may replace the sentence with one that names what was found; the code never changes.
 *
 * The browser imports this file's types only: sentences travel in the problem documents (RFC 9457).
 */
export interface ProblemKind {
  readonly status: number;
  readonly closeCode?: number;
  readonly retryable?: true;
  readonly title: string;
  readonly fix: string;
}

const signToken = "Sign a new token on your server and pass it with Messenger.login().";
const checkKeys =
  "Compare the token's key with the keys of the community; see the guide “Sign a Contact JWT”.";

export const problems = {
  // Identity
  token_malformed: {
    status: 400,
    title: "The token is not a well-formed JWT.",
    fix: "Pass the compact serialization (header.payload.signature) exactly as your JWT library returns it.",
  },
  token_too_large: {
    status: 400,
    title: "The token is too large.",
    fix: "Leave out claims that Vouch does not read; the limit is 8 KiB, 1 KiB of it for the header.",
  },
  header_not_allowed: {
    status: 400,
    title: "The token's header has a parameter that is not allowed.",
    fix: "Sign with the header parameters alg, kid and typ only; keys are configured, never taken from a token.",
  },
  type_not_allowed: {
    status: 400,
    title: "The token is of another type than this place accepts.",
    fix: "Pass a Contact JWT (typ absent or JWT) as contactJwt, a platform JWT from /authorize as platformJwt.",
  },
  algorithm_not_allowed: {
    status: 400,
    title: "The token's algorithm is not one that the community's keys use.",
    fix: "Sign with the algorithm configured for the key that kid names.",
  },
  key_unknown: {
    status: 401,
    title: "No key of the community has the token's kid.",
    fix: checkKeys,
  },
  key_id_required: {
    status: 401,
    title: "The token has no kid and more than one key could serve.",
    fix: "Put the id of the signing key into the token's header as kid.",
  },
  signature_invalid: {
    status: 401,
    title: "The token's signature does not match the key.",
    fix: "Sign with the private key (or shared token) that belongs to the configured key of that kid.",
  },
  expiry_missing: {
    status: 400,
    title: "The token has no expiry.",
    fix: "Add exp: the time of expiry in whole seconds since 1970-01-01 UTC.",
  },
  token_expired: { status: 401, title: "The token has expired.", fix: signToken },
  expiry_too_far: {
    status: 400,
    title: "The token expires too far in the future.",
    fix: "Shorten exp to the community's maxTokenLifetimeSeconds; exp counts seconds, not milliseconds.",
  },
  token_not_yet_valid: {
    status: 401,
    title: "The token is not valid yet.",
    fix: "Set the signing server's clock, or leave nbf and iat out.",
  },
  issuer_mismatch: {
    status: 401,
    title: "The token's issuer is not the configured one.",
    fix: "Set iss to the community's configured issuer.",
  },
  audience_mismatch: {
    status: 401,
    title: "The token is meant for another audience.",
    fix: "Set aud to the community's configured audience.",
  },
  identity_missing: {
    status: 400,
    title: "The token lacks the identity claim.",
    fix: "Add the community's identity claim (identityClaim in the configuration) with the customer's stable id.",
  },
  identity_invalid: {
    status: 400,
    title: "The identity claim's value can't be used.",
    fix: "Use a string of 1 to 256 bytes, in Unicode NFC, without control characters or white space at its ends.",
  },
  attribute_invalid: {
    status: 400,
    title: "An attribute of the token was left out.",
    fix: "Attributes are strings of at most 1,024 characters, at most 64 of them.",
  },
  token_replayed: {
    status: 401,
    title: "The token has been used already and the community takes each token once.",
    fix: signToken,
  },
  token_revoked: { status: 401, title: "The token was revoked by a logout.", fix: signToken },
  keyset_unavailable: {
    status: 503,
    retryable: true,
    title: "The community's JWK set can't be reached.",
    fix: "Check the JWK set's address and its server.",
  },
  signed_identity_required: {
    status: 401,
    closeCode: 4401,
    title: "This messenger is for signed-in customers only.",
    fix: "Pass a Contact JWT or platform JWT, or set the community's signedIdentities to accept.",
  },
  signed_identity_rejected: {
    status: 403,
    closeCode: 4403,
    title: "This community takes no signed identities.",
    fix: "Leave contactJwt and platformJwt empty, or set the community's signedIdentities to accept or require.",
  },
  oidc_exchange_failed: {
    status: 401,
    title: "The OpenID provider did not accept the authorization code.",
    fix: "Pass a fresh code with the redirect URI it was issued for.",
  },
  oidc_nonce_mismatch: {
    status: 401,
    title: "The ID token's nonce is not the one of this sign-in.",
    fix: "Pass the nonce that the page sent to the provider.",
  },
  identity_changed: {
    status: 409,
    title: "The token belongs to another identity than the session.",
    fix: "End the session and open a new one.",
  },
  // Place
  deployment_unknown: {
    status: 404,
    closeCode: 4403,
    title: "There is no such deployment.",
    fix: "Compare the deployment id (and siteId) with the configuration.",
  },
  deployment_inactive: {
    status: 403,
    closeCode: 4403,
    title: "The deployment is switched off.",
    fix: "Set the deployment's active to true.",
  },
  community_inactive: {
    status: 403,
    closeCode: 4403,
    title: "The community is switched off.",
    fix: "Set the community's active to true.",
  },
  origin_not_allowed: {
    status: 403,
    closeCode: 4403,
    title: "This origin may not use the deployment.",
    fix: "Add the page's origin to the deployment's allowedOrigins.",
  },
  // Session
  session_missing: {
    status: 401,
    closeCode: 4401,
    title: "There is no session.",
    fix: "Send the session token as Authorization: Bearer.",
  },
  session_expired: {
    status: 401,
    closeCode: 4401,
    title: "The session has expired.",
    fix: "Open a new session with a fresh token.",
  },
  session_revoked: {
    status: 401,
    closeCode: 4401,
    title: "The session was ended.",
    fix: "Open a new session with a fresh token.",
  },
  // Messages
  message_empty: {
    status: 400,
    title: "The message has no text.",
    fix: "Send text with at least one visible character.",
  },
  message_too_long: {
    status: 400,
    title: "The message is too long.",
    fix: "Send at most 4,000 characters and 16 KiB; split longer texts.",
  },
  message_conflict: {
    status: 409,
    title: "Another message has this id.",
    fix: "Make a new UUID for each message; repeat an id only with the same body.",
  },
  attachment_refused: {
    status: 400,
    title: "The attachment is not accepted.",
    fix: "Send another file, or the message without it.",
  },
  // General
  request_invalid: {
    status: 400,
    closeCode: 4400,
    title: "The request is not of the expected form.",
    fix: "See /openapi.json.",
  },
  not_found: { status: 404, title: "There is nothing here.", fix: "Check the address." },
  forbidden: {
    status: 403,
    closeCode: 4403,
    title: "You may not do this.",
    fix: "Use a token whose role allows it.",
  },
  rate_limited: {
    status: 429,
    closeCode: 4429,
    retryable: true,
    title: "Too many requests.",
    fix: "Wait as long as Retry-After says.",
  },
  too_large: {
    status: 413,
    closeCode: 4413,
    title: "The request is too large.",
    fix: "Send less: at most 64 KiB, or an attachment of the size that the detail names.",
  },
  unavailable: {
    status: 503,
    closeCode: 1013,
    retryable: true,
    title: "The server can't do this now.",
    fix: "Try again shortly; nothing was lost.",
  },
} as const satisfies Record<string, ProblemKind>;

/** Codes that a server answers with. */
export type ProblemCode = keyof typeof problems;

/** Codes that arise in the browser only. */
export type ClientCode =
  | "network"
  | "timeout"
  | "blocked_by_csp"
  | "placeholder_not_replaced"
  | "sign_in_required"
  | "destroyed";

/** What `MessengerError.code` can be. */
export type ErrorCode = ProblemCode | ClientCode;

/** Body of an `application/problem+json` answer (RFC 9457, section 3), and the payload of an error across the bridge. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What was found and what was expected, for the developer. Never a secret, never another person's data. */
  readonly detail: string;
  readonly code: ProblemCode;
  readonly fix: string;
  readonly retryAfterSeconds?: number;
  /** JSON paths of what was wrong with a request or a configuration. */
  readonly faults?: readonly { readonly path: string; readonly message: string }[];
}
