import type { ServerMetadata } from "openid-client";

/** A community's OpenID provider as its discovery document describes it (OpenID Connect Discovery 1.0, section 3). */
export interface Provider {
  /** What `iss` has to be, to the character. */
  readonly issuer: string;
  readonly clientId: string;
  readonly jwksUri: string;
  /** The algorithms it signs ID tokens with; null where the document does not say. */
  readonly algorithms: readonly string[] | null;
  /** Every authorization response carries `iss` (RFC 9207, section 3). */
  readonly namesItselfInResponses: boolean;
  /** The whole document, for openid-client. */
  readonly metadata: ServerMetadata;
}
