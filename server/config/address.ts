import * as v from "valibot";

/**
 * The address of a JWK set or an OpenID provider. Which hosts may be connected to is decided where it is fetched.
 * @returns as `URL` writes it, so that two spellings of one address are seen to be one
 */
export const httpsAddress = (env: NodeJS.ProcessEnv) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => isAddress(text, env.VOUCH_ALLOW_LOOPBACK === "1"),
      "must be an https address without user name, password and fragment",
    ),
    v.transform((text) => new URL(text).href),
  );

/** White space that `URL` drops, slashes that it turns, an `@` that it forgets: what a person reads is not what would be fetched. */
const misleading = /[\s\p{Cc}\\#]/u;
const spelledOut = /^https?:\/\/[^/@?]+([/?]|$)/i;

function isAddress(text: string, allowHttp: boolean): boolean {
  const url = URL.parse(text);
  if (!url || misleading.test(text) || !spelledOut.test(text)) return false;
  return url.protocol === "https:" || (allowHttp && url.protocol === "http:");
}
