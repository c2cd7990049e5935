import { snippet } from "../../../shared/snippet.ts";

export interface Placeholders {
  readonly contactJwt?: string;
  readonly platformJwt?: string;
}

/** The snippet as the command line prints it, its placeholders filled the way a template engine does it. */
export function filledSnippet(
  companionUrl: string,
  deploymentId: string,
  { contactJwt = "", platformJwt = "" }: Placeholders,
): string {
  return snippet({ publicUrl: companionUrl, deploymentId, appearance: { accent: "#1f5f4a" } })
    .replace('contactJwt: ""', () => `contactJwt: ${scriptLiteral(contactJwt)}`)
    .replace('platformJwt: ""', () => `platformJwt: ${scriptLiteral(platformJwt)}`)
    .trim();
}

/** `</script>` in a value must not end the script. */
const scriptLiteral = (text: string): string => JSON.stringify(text).replaceAll("<", "\\u003c");

/** Every script of a page with a strict policy carries that response's nonce. */
export const withNonce = (markup: string, nonce: string): string =>
  markup.replaceAll("<script>", `<script nonce="${nonce}">`);
