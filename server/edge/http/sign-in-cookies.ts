import { stateSeconds } from "../../oidc/sign-in-flow.ts";

/** Sign-ins of one browser at a time: a page that keeps opening pop-ups must not fill up its header of cookies. */
const maxCookies = 8;

export interface SignInCookies {
  /** Value of the cookie of a sign-in; null where the browser has none. */
  read(header: string | undefined, flowId: string): string | null;
  /** `Set-Cookie` values: the new one, and the end of those that are too many. */
  add(header: string | undefined, flowId: string, secret: string): readonly string[];
  remove(flowId: string): string;
}

/**
 * What binds a sign-in to the browser that started it. `__Host-` keeps other hosts of the same site from planting one
 * (RFC 6265bis, section 4.1.3.2). `Lax`: the callback comes from another site, by a navigation.
 *
 * @param https whether browsers reach this server by https; cookies of that prefix exist nowhere else
 */
export function createSignInCookies(https: boolean): SignInCookies {
  const prefix = `${https ? "__Host-" : ""}vouch-sign-in-`;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${https ? "; Secure" : ""}`;
  const remove = (name: string): string => `${name}=; Max-Age=0; ${attributes}`;

  const all = (header = ""): readonly (readonly [name: string, value: string])[] =>
    header.split(";").flatMap((pair) => {
      const [, name = "", value = ""] = /^\s*([^=\s]+)=(\S*)\s*$/.exec(pair) ?? [];
      return name.startsWith(prefix) ? [[name, value] as const] : [];
    });

  return {
    read(header, flowId) {
      const found = all(header).filter(([name]) => name === prefix + flowId);
      // Two of one name: somebody planted one of them.
      return found.length === 1 ? (found[0]?.[1] ?? null) : null;
    },
    add: (header, flowId, secret) => [
      `${prefix}${flowId}=${secret}; Max-Age=${stateSeconds}; ${attributes}`,
      ...all(header)
        .slice(maxCookies - 1)
        .map(([name]) => remove(name)),
    ],
    remove: (flowId) => remove(prefix + flowId),
  };
}
