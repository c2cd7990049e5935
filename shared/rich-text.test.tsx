import fc from "fast-check";
import { render } from "preact";
import { describe, expect, it } from "vitest";
import { richText } from "./rich-text.tsx";

function draw(text: string): HTMLElement {
  const root = document.createElement("div");
  render(richText(text), root);
  return root;
}

const letters: Readonly<Record<string, string>> = { STRONG: "b", EM: "i", CODE: "c", A: "a" };

/** `<b>`, `<i>`, `<c>`, `<a>` around what became strong, emphasis, code, link. */
const show = (text: string): string => [...draw(text).childNodes].map(showNode).join("");

function showNode(node: Node): string {
  const inside = [...node.childNodes].map(showNode).join("");
  if (!(node instanceof Element)) return node.textContent ?? "";
  const letter = letters[node.tagName];
  const href = node.getAttribute("href");
  return `<${letter}${href === null ? "" : ` ${href}`}>${inside}</${letter}>`;
}

describe("markers", () => {
  it.each([
    ["**bold**", "<b>bold</b>"],
    ["*italic* and _italic_", "<i>italic</i> and <i>italic</i>"],
    ["***both***", "<b><i>both</i></b>"],
    ["**bold with *italic* inside**", "<b>bold with <i>italic</i> inside</b>"],
    ["**bold *italic***", "<b>bold <i>italic</i></b>"],
    ["(*yes*), **no**!", "(<i>yes</i>), <b>no</b>!"],
    ["`a * b * c`", "<c>a * b * c</c>"],
    ["*use `*` here*", "<i>use <c>*</c> here</i>"],
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
    ["Is it http://acme.example?", "Is it <a http://acme.example>http://acme.example</a>?"],
    ["(https://acme.example/a_(b)).", "(<a https://acme.example/a_(b)>https://acme.example/a_(b)</a>)."],
    ["**https://acme.example**", "<b><a https://acme.example>https://acme.example</a></b>"],
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

  it("open in a new tab that can't reach back", () => {
    const link = draw("See https://acme.example.").querySelector("a");
    expect(link?.getAttribute("href")).toBe("https://acme.example");
    expect(link?.target).toBe("_blank");
    expect(link?.rel).toBe("noopener noreferrer nofollow");
  });
});

const piece = fc.oneof(
  fc.constantFrom("*", "**", "***", "_", "__", "`", "``", " ", "\n", "(", ")", ".", "a", "é", "😀"),
  fc.constantFrom("<img src=x onerror=alert(1)>", "<script>", "&lt;", '"onclick="x', "javascript:alert(1)"),
  fc.constantFrom("https://a.example/x", "http://", "mailto:a@b.example", "tel:1"),
  fc.string({ unit: "binary", maxLength: 4 }).map((text) => text.replaceAll("\0", "")),
);
const hostile = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(""));

describe("any text at all", () => {
  it("makes four kinds of elements and nothing else, and loses nothing but markers", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const root = draw(text);
        for (const element of root.querySelectorAll("*")) {
          expect(Object.keys(letters)).toContain(element.tagName);
          const attributes = element.getAttributeNames().sort();
          expect(attributes).toEqual(element.tagName === "A" ? ["href", "rel", "target"] : []);
          if (element.tagName === "A")
            expect(element.getAttribute("href")).toMatch(/^(https?:\/\/|mailto:|tel:)./i);
        }
        const shown = root.textContent ?? "";
        const withoutMarkers = (value: string) => value.replace(/[*_`]/g, "");
        expect(withoutMarkers(shown)).toBe(withoutMarkers(text));
        expect(shown.length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });

  it("nests no deeper than people write, however many markers there are", () => {
    const depth = (element: Element): number =>
      Math.max(0, ...[...element.children].map((child) => 1 + depth(child)));
    const units = ["*a ", "**a *b _c ", "_*", "`", "https://a(", "***a**b*"];
    for (const text of [
      ...units.map((unit) => unit.repeat(1000)),
      `${"_*".repeat(500)} a ${"*_".repeat(500)}`,
    ])
      expect(depth(draw(text))).toBeLessThanOrEqual(6);
  });
});
