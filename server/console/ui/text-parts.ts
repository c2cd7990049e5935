/** Splits text into plain runs and links. Nothing is lost: the parts' texts, put together, are the text. */

export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

/**
 * Schemes are listed, never excluded: an agent must not be led to `javascript:` or whatever comes after it. The look-behind
 * keeps a long run without an “@” from being tried again from each of its characters.
 */
const candidate =
  /\b(?:https?:\/\/|mailto:|tel:)[^\s<>"`]+|\bwww\.[^\s<>"`]+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;

export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(candidate)) {
    const shown = withoutTrailing(match[0]);
    const href = hrefOf(shown);
    if (href === null) continue;
    if (match.index > end) parts.push({ kind: "text", text: text.slice(end, match.index) });
    parts.push({ kind: "link", text: shown, href });
    end = match.index + shown.length;
  }
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}

/** “See https://acme.example/a_(b).” ends before the full stop, after the bracket that it opened itself. */
function withoutTrailing(link: string): string {
  let end = link.length;
  let unopened = count(link, ")") - count(link, "(");
  for (; end > 0; end--) {
    const last = link.charAt(end - 1);
    if (last === ")" ? unopened <= 0 : !/[.,;:!?'”’\]}]/.test(last)) break;
    if (last === ")") unopened--;
  }
  return link.slice(0, end);
}

const count = (text: string, character: string): number => text.split(character).length - 1;

/** null where it is no address after all. */
function hrefOf(shown: string): string | null {
  const written = /^(?:https?|mailto|tel):/i.test(shown);
  const href = written
    ? shown
    : shown.includes("@") && !/^www\./i.test(shown)
      ? `mailto:${shown}`
      : `https://${shown}`;
  return URL.canParse(href) ? new URL(href).href : null;
}
