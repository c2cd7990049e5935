import { useMemo } from "preact/hooks";
import { textParts } from "./text-parts.ts";

/** Text as text, its addresses as links. Never passes through an HTML string: the writer may be an attacker. */
export function RichText({ text }: { readonly text: string }) {
  const parts = useMemo(() => textParts(text), [text]);
  return parts.map((part) =>
    part.kind === "text" ? (
      part.text
    ) : (
      <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
        {part.text}
      </a>
    ),
  );
}
