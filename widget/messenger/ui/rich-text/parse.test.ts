import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Inline, parseInline } from "./parse.ts";

/** `<b>`, `<i>`, `<c>`, `<a>` around what became strong, emphasis, code, link. */
const show = (text: string): string => parseInline(text).map(showInline).join("");

function showInline(inline: Inline): string {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "code":
      return `<c>${inline.text}</c>`;
    case "link":
      return `<a ${inline.href}>${inline.text}</a>`;
    default: {
      const name = inline.kind === "strong" ? "b" : "i";
      return `<${name}>${inline.children.map(showInline).join("")}</${name}>`;
    }
  }
}

const plain = (inlines: readonly Inline[]): string =>
  inlines.map((inline) => ("text" in inline ? inline.text : plain(inline.children))).join("");

describe("markers", () => {
  it.each([
    ["**bold**", "<b>bold</b>"],
    ["*italic* and _italic_", "<i>italic</i> and <i>italic</i>"],
    ["***both***", "<b><i>both</i></b>"],
    ["**bold with *italic* inside**", "<b>bold with <i>italic</i> inside</b>"],
    ["(*yes*), **no**!", "(<i>yes</i>), <b>no</b>!"],
    ["`a * b * c`", "<c>a * b * c</c>"],
    ["**two\nlines**", "<b>two\nlines</b>"],
  ])("%j is formatted", (text, expected) => expect(show(text)).toBe(expected));

  it.each([
    "2 * 3 * 4",
    "2*3*4",
    "snake_case_name and __init__py",
    "**never closed",
    "closed only**",
    "** spaces **",
    "*",
    "`",
    "``",
    "`over\nlines`",
    "<b>not html</b> &amp;",
    "- a list\n- stays text",
    "[a link](somewhere)",
  ])("%j stays as written", (text) => expect(show(text)).toBe(text));

  it("closes what was opened first and leaves a crossing marker as text", () => {
    expect(show("**a *b** c*")).toBe("<b>a *b</b> c*");
  });
});

describe("links", () => {
  it.each([
    [
      "see https://acme.example/a?b=c#d now",
      "see <a https://acme.example/a?b=c#d>https://acme.example/a?b=c#d</a> now",
    ],
    ["Is it http://acme.example?", "Is it <a http://acme.example/>http://acme.example</a>?"],
    ["(https://acme.example/a_(b)).", "(<a https://acme.example/a_(b)>https://acme.example/a_(b)</a>)."],
    ["**https://acme.example**", "<b><a https://acme.example/>https://acme.example</a></b>"],
    [
      "https://acme.example/_a_/*b*/c",
      "<a https://acme.example/_a_/*b*/c>https://acme.example/_a_/*b*/c</a>",
    ],
    ["mailto:ada@acme.example", "<a mailto:ada@acme.example>mailto:ada@acme.example</a>"],
    ["tel:+4930123456, please", "<a tel:+4930123456>tel:+4930123456</a>, please"],
  ])("%j has a link", (text, expected) => expect(show(text)).toBe(expected));

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "hotel:5 stars",
    "https://",
    "mailto:",
    "file:///etc/passwd",
    "www.acme.example",
  ])("%j has none", (text) => expect(show(text)).toBe(text));
});

const markupLike = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "*",
        "**",
        "***",
        "_",
        "__",
        "`",
        "``",
        " ",
        "\n",
        "(",
        ")",
        ".",
        "a",
        "é",
        "😀",
        "<b>",
      ),
      fc.constantFrom("https://a.example/x", "http://", "mailto:a@b.example", "tel:1", "javascript:alert(1)"),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

describe("any text at all", () => {
  it("loses nothing but markers, and keeps the order", () => {
    fc.assert(
      fc.property(markupLike, (text) => {
        const withoutMarkers = (value: string) => value.replace(/[*_`]/g, "");
        const shown = plain(parseInline(text));
        expect(withoutMarkers(shown)).toBe(withoutMarkers(text));
        expect(shown.length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });

  it("links to web, mail and telephone only", () => {
    const hrefs = (inlines: readonly Inline[]): string[] =>
      inlines.flatMap((inline) =>
        inline.kind === "link" ? [inline.href] : "children" in inline ? hrefs(inline.children) : [],
      );
    fc.assert(
      fc.property(markupLike, (text) => {
        for (const href of hrefs(parseInline(text))) expect(href).toMatch(/^(https?:\/\/|mailto:|tel:)./);
      }),
      { numRuns: 500 },
    );
  });

  it("nests no deeper than the six markers, however many there are", () => {
    const depth = (inlines: readonly Inline[]): number =>
      Math.max(0, ...inlines.map((inline) => ("children" in inline ? 1 + depth(inline.children) : 0)));
    for (const unit of ["*a ", "**a *b _c ", "_*", "`", "https://a(", "***a**b*"])
      expect(depth(parseInline(unit.repeat(1000)))).toBeLessThanOrEqual(8);
  });
});
