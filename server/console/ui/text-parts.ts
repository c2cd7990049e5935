/** Splits text into plain runs and links. Nothing is lost: the parts' texts, put together, are the text. */

export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

const candidate =
  /\b(?:https?:\/\/|mailto:|tel:)[^\s<>"`]+|\bwww\.[^\s<>"`]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;
const schemes: ReadonlySet<string> = new Set(["http:", "https:", "mailto:", "tel:"]);

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
  let shown = link;
  for (;;) {
    const last = shown.at(-1) ?? "";
    const openedInside = last === ")" && shown.split("(").length >= shown.split(")").length;
    if (!/[.,;:!?'”’)\]}]/.test(last) || openedInside) return shown;
    shown = shown.slice(0, -1);
  }
}

/** null where it is no address: an agent must never be led to `javascript:` or the like, so schemes are listed. */
function hrefOf(shown: string): string | null {
  const written = /^(?:https?|mailto|tel):/i.test(shown);
  const href = written
    ? shown
    : shown.includes("@") && !/^www\./i.test(shown)
      ? `mailto:${shown}`
      : `https://${shown}`;
  if (!URL.canParse(href)) return null;
  const url = new URL(href);
  return schemes.has(url.protocol) ? url.href : null;
}
