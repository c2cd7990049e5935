import type { ComponentChildren } from "preact";
import { type Inline, parseInline } from "./parse.ts";

/** A message's text as elements. White space and line breaks are kept by the style sheet. */
export const RichText = ({ text }: { readonly text: string }) => <>{parseInline(text).map(render)}</>;

function render(inline: Inline): ComponentChildren {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "code":
      return <code>{inline.text}</code>;
    case "strong":
      return <strong>{inline.children.map(render)}</strong>;
    case "emphasis":
      return <em>{inline.children.map(render)}</em>;
    case "link":
      // A new tab without an opener: the conversation stays, and the address learns nothing of it.
      return (
        <a href={inline.href} target="_blank" rel="noopener noreferrer nofollow">
          {inline.text}
        </a>
      );
  }
}
