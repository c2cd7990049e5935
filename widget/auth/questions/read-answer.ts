import type { AssertedIdentity } from "../../bridge/messages.ts";
import { messengerError } from "../../bridge/messenger-error.ts";
import type { AuthorizationCode, PageIdToken } from "../auth-provider.ts";
import { readIdentity, refusePlaceholder } from "./identity-token.ts";

type Members = Readonly<Record<string, unknown>>;

const kinds = ["contactJwt", "platformJwt", "authCode", "idToken"];

/**
 * Reads what a function of the page answered, or what was passed to `login()`. Of codes and ID tokens only the members that
 * have a meaning are taken: the answer crosses to the frame, and a page's object may hold what can't.
 *
 * @param origin names in errors where the value came from: `getToken()`
 * @returns null for a visitor: null, or an object whose tokens are empty
 * @throws MessengerError as `readIdentity`; `request_invalid` names the member at fault and what was found
 */
export function readAnswer(value: unknown, origin: string): AssertedIdentity {
  if (value === null || value === undefined) return null;
  const members: Members = Object(value);
  const refuse = (found: string): never => {
    throw messengerError("request_invalid", `${origin}: ${found}`);
  };
  if (typeof value !== "object" || !kinds.some((kind) => kind in members))
    return refuse(`found ${typeof value} without ${kinds.join(", ")}; pass an object with one of them.`);
  const given = kinds.filter((kind) => members[kind]);
  if (given.length > 1) return refuse(`found ${given.join(" and ")}; pass one of them.`);
  const { authCode, idToken } = members;
  if (!authCode && !idToken) return readIdentity(value);

  const text = (name: string): string | undefined => {
    const found = members[name];
    if (found === undefined || found === null || found === "") return undefined;
    return typeof found === "string" ? found : refuse(`${name} is ${typeof found}; pass a string.`);
  };
  const required = (name: string, hint: string): string => {
    const found = text(name) ?? refuse(`${name} is missing; ${hint}`);
    refusePlaceholder(found);
    return found;
  };
  const nonce = text("nonce");
  if (idToken)
    return {
      idToken: required("idToken", "pass the ID token."),
      ...(nonce && { nonce }),
    } satisfies PageIdToken;

  const codeVerifier = text("codeVerifier");
  const iss = text("iss");
  const { maxAge } = members;
  if (codeVerifier && !/^[\w.~-]{43,128}$/.test(codeVerifier))
    refuse("codeVerifier is not one of RFC 7636; pass 43 to 128 characters of A-Z a-z 0-9 - . _ ~.");
  const isSeconds = typeof maxAge === "number" && Number.isInteger(maxAge) && maxAge >= 0;
  if (maxAge !== undefined && maxAge !== null && !isSeconds)
    refuse(`maxAge is ${typeof maxAge === "number" ? maxAge : typeof maxAge}; pass whole seconds.`);
  return {
    authCode: required("authCode", "pass the authorization code."),
    redirectUri: required("redirectUri", "pass the one that the code was issued for."),
    ...(codeVerifier && { codeVerifier }),
    ...(nonce && { nonce }),
    ...(isSeconds && { maxAge }),
    ...(iss && { iss }),
  } satisfies AuthorizationCode;
}
