import * as v from "valibot";

/** The address of a JWK set or an OpenID provider. Which hosts may be connected to is decided where it is fetched. */
export const httpsAddress = (env: NodeJS.ProcessEnv) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => isAddress(text, env.VOUCH_ALLOW_LOOPBACK === "1"),
      "must be an https address without user name, password and fragment",
    ),
  );

function isAddress(text: string, allowHttp: boolean): boolean {
  const url = URL.parse(text);
  if (!url || url.username || url.password || text.includes("#")) return false;
  return url.protocol === "https:" || (allowHttp && url.protocol === "http:");
}
