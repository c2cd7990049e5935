import type { ComponentChildren } from "preact";

/**
 * In this order: `` `code` ``; a link, which ends before the sentence's punctuation and may hold parentheses in pairs, as
 * encyclopedias' do; `*` or `**` (`_` too) around something that begins and ends without space. Code inside is passed over
 * whole. Which links there are is decided here: no other scheme ever becomes one.
 */
const markup =
  /`([^`\n]+)`|(?<![\p{L}\p{N}])((?:https?:\/\/|mailto:|tel:)(?:[^\s<>"`()]|\([^\s<>"`()]*\))*(?:[^\s<>"`().,:;!?'*_\]}…]|\([^\s<>"`()]*\)))|(?<![\p{L}\p{N}*_])(?=(\*\*?|__?))\3(?=\S)((?:[^`]|`[^`\n]+`)+?)(?<=\S)\3(?![\p{L}\p{N}*_])/giu;

/** Markers inside markers that count. Deeper nesting is nobody's writing. */
const maxDepth = 4;

/**
 * A message's text as elements: the subset of markdown that messages may use. No HTML string ever exists; everything else
 * stays as written, white space and line breaks for the style sheet to keep.
 */
export function richText(text: string, depth = 0): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const { 0: whole, 1: code, 2: href, 3: marker, 4: inside = "", index } of text.matchAll(markup)) {
    if (marker && depth === maxDepth) continue;
    parts.push(text.slice(end, index));
    end = index + whole.length;
    if (code) parts.push(<code>{code}</code>);
    else if (href)
      parts.push(
        // A new tab without an opener: the conversation stays, and the address learns nothing of it.
        <a href={href} target="_blank" rel="noopener noreferrer nofollow">
          {href}
        </a>,
      );
    else {
      const children = richText(inside, depth + 1);
      parts.push(marker?.[1] ? <strong>{children}</strong> : <em>{children}</em>);
    }
  }
  return [...parts, text.slice(end)];
}
