/** The switch on the demo's pages: what can be wrong with a token, made on purpose. */

import { decodeJwt } from "jose";
import type { ShopKeys } from "../shop-keys.ts";
import { contactJwt } from "./back-end/contact-jwt.ts";
import { type SigningAlgorithm, signingKey, strangersKey } from "./back-end/signing-key.ts";
import type { Customer } from "./customers.ts";

export const tokenStates = {
  valid: "Valid",
  expired: "Expired",
  "wrong-key": "Wrong key",
  tampered: "Tampered",
  placeholder: "Placeholder left in",
} as const;

export type TokenState = keyof typeof tokenStates;

export const parseTokenState = (text: string | undefined): TokenState =>
  text !== undefined && Object.hasOwn(tokenStates, text) ? (text as TokenState) : "valid";

/** What a template engine leaves behind where nobody gave it a value. */
export const placeholder = "{{contact_jwt}}";

const twoHoursMs = 7_200_000;

/** The customer's Contact JWT in the wanted state. */
export async function tokenInState(
  state: TokenState,
  customer: Customer,
  signing: { readonly keys: ShopKeys; readonly alg: SigningAlgorithm; readonly now: Date },
): Promise<string> {
  const { keys, alg, now } = signing;
  switch (state) {
    case "valid":
      return contactJwt(customer, signingKey(keys, alg), now);
    case "expired":
      return contactJwt(customer, signingKey(keys, alg), new Date(now.getTime() - twoHoursMs));
    case "wrong-key":
      return contactJwt(customer, strangersKey(keys, alg), now);
    case "tampered":
      return tampered(await contactJwt(customer, signingKey(keys, alg), now));
    case "placeholder":
      return placeholder;
  }
}

/** Another identity under the signature of the first: what an attacker with a token of their own would try. */
function tampered(token: string): string {
  const [header, , signature] = token.split(".");
  const claims = JSON.stringify({ ...decodeJwt(token), identity: "the-owner" });
  return [header, Buffer.from(claims).toString("base64url"), signature].join(".");
}
