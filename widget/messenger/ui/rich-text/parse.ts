/**
 * The subset of markdown that messages may use: `**strong**`, `*emphasis*` (`_` too), `***both***`, `` `code` `` and bare
 * links. The result is a tree to render as elements; no HTML string ever exists. Everything else stays as written.
 */
export type Inline =
  | { readonly kind: "text" | "code"; readonly text: string }
  | { readonly kind: "link"; readonly href: string; readonly text: string }
  | { readonly kind: "strong" | "emphasis"; readonly children: readonly Inline[] };

interface Open {
  readonly marker: string;
  readonly children: Inline[];
}

/** Which links there are is decided here: no other scheme ever becomes one. */
const token = /`([^`\n]+)`|(?<![\p{L}\p{N}])(?:https?:\/\/|mailto:|tel:)[^\s<>"`]+|([*_])\2{0,2}/giu;
const letterBefore = /[\p{L}\p{N}]$/u;
const letterAfter = /^[\p{L}\p{N}]/u;

/**
 * One pass with a stack of open markers, in linear time: at most one of each marker is open, so text made of markers alone
 * costs no more than any other.
 */
export function parseInline(text: string): readonly Inline[] {
  const root: Inline[] = [];
  const stack: Open[] = [];
  const add = (...inlines: Inline[]) => (stack.at(-1)?.children ?? root).push(...inlines);
  const literal = (value: string) => value && add({ kind: "text", text: value });
  /** The innermost marker was never closed: it stands for itself. */
  const abandon = () => {
    const open = stack.pop();
    if (open) add({ kind: "text", text: open.marker }, ...open.children);
  };

  let end = 0;
  for (let match = next(text, end); match; match = next(text, end)) {
    literal(text.slice(end, match.index));
    const [whole, code, mark] = match;
    end = match.index + whole.length;

    if (code !== undefined) add({ kind: "code", text: code });
    else if (mark === undefined) {
      const link = linkOf(whole);
      add(link ? { kind: "link", ...link } : { kind: "text", text: whole });
      // What follows the address is read again: it may close a marker.
      if (link) end = match.index + link.text.length;
    } else {
      const before = text.slice(Math.max(0, match.index - 2), match.index);
      const after = text.slice(end, end + 2);
      const opened = stack.findIndex(({ marker }) => marker === whole);
      if (opened >= 0 && /\S$/.test(before) && !letterAfter.test(after)) {
        while (stack.length > opened + 1) abandon();
        add(wrap(whole.length, stack.pop()?.children ?? []));
      } else if (opened < 0 && /^\S/.test(after) && !letterBefore.test(before))
        stack.push({ marker: whole, children: [] });
      else literal(whole);
    }
  }
  literal(text.slice(end));
  while (stack.length) abandon();
  return root;
}

function next(text: string, from: number): RegExpExecArray | null {
  token.lastIndex = from;
  return token.exec(text);
}

function wrap(strength: number, children: readonly Inline[]): Inline {
  if (strength === 1) return { kind: "emphasis", children };
  if (strength === 2) return { kind: "strong", children };
  return { kind: "strong", children: [{ kind: "emphasis", children }] };
}

/** The link without the sentence's punctuation after it; null where it is none. */
function linkOf(candidate: string): { readonly href: string; readonly text: string } | null {
  const text = withoutTrailingPunctuation(candidate);
  try {
    const url = new URL(text);
    return url.host || url.pathname ? { href: url.href, text } : null;
  } catch {
    return null;
  }
}

function withoutTrailingPunctuation(text: string): string {
  // A parenthesis that was opened inside belongs to the address, as in the links of encyclopedias.
  let unmatched = text.split(")").length - text.split("(").length;
  let end = text.length;
  for (; end > 0; end--) {
    const last = text[end - 1] ?? "";
    if (last === ")" && unmatched-- <= 0) break;
    if (!/[.,:;!?'*_)\]}…]/.test(last)) break;
  }
  return text.slice(0, end);
}
