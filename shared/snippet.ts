/** The code that a website owner pastes. */

import type { Appearance } from "./protocol.ts";

export interface SnippetOptions {
  /** The companion's origin as browsers see it, such as `https://chat.acme.example`. */
  readonly publicUrl: string;
  readonly deploymentId: string;
  /** Looks that the launcher has from its first paint; without, those of the deployment arrive with the frame. */
  readonly appearance?: Partial<Appearance>;
}

/** HTML of two inline scripts: the settings with both placeholders empty, and the stub. */
export function snippet({ publicUrl, deploymentId, appearance }: SnippetOptions): string {
  const looks =
    appearance && Object.keys(appearance).length > 0 ? `, appearance: ${literal(appearance)}` : "";
  return `<script>
  window.messengerSettings = { deploymentId: ${literal(deploymentId)}, contactJwt: "", platformJwt: ""${looks} };
</script>
<script>${stub(new URL("/messenger.js", publicUrl).href)}</script>
`;
}

/**
 * The stub, minified by hand. It reads:
 *
 *     window.Messenger ||= ((queue, messenger = { q: queue, u: "https://chat.example/messenger.js" }) => {
 *       for (const name of ["login", "logout", …])
 *         messenger[name] = (...args) => {
 *           let call;
 *           const settled = new Promise((...settle) => queue.push((call = [name, args, settle])));
 *           return name == "on" ? () => queue.push([call]) : settled;
 *         };
 *       import(messenger.u);
 *       return messenger;
 *     })([]);
 *
 * The loader adopts the same object and takes over `q.push`, so methods and objects cached before it ran keep working.
 * `import()` and not a script element: it carries the nonce of the script it stands in, passes `strict-dynamic`, and is no
 * Trusted Types sink, where `script.src` needs a policy that `trusted-types 'none'` forbids. It evaluates a file once
 * however often the snippet stands on the page. A module is fetched with CORS: `/messenger.js` is served with
 * `Access-Control-Allow-Origin: *`.
 */
export const stub = (loaderUrl: string): string =>
  'window.Messenger||=((q,m={q,u:URL})=>("login logout open close toggle show hide update on registerPlugin boot destroy".split` `.map(k=>m[k]=(...a)=>{let c,p=new Promise((...r)=>q.push(c=[k,a,r]));return k=="on"?()=>q.push([c]):p}),import(m.u),m))([])'.replace(
    "URL",
    () => literal(loaderUrl),
  );

/** JavaScript that can stand inside a script element: no `</script>` or `<!--` can come about. */
const literal = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");
