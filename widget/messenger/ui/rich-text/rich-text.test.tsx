import fc from "fast-check";
import { render } from "preact";
import { expect, it } from "vitest";
import { RichText } from "./rich-text.tsx";

function show(text: string): HTMLElement {
  const root = document.createElement("div");
  render(<RichText text={text} />, root);
  return root;
}

it("opens links in a new tab that can't reach back", () => {
  const link = show("See https://acme.example.").querySelector("a");
  expect(link?.getAttribute("href")).toBe("https://acme.example/");
  expect(link?.target).toBe("_blank");
  expect(link?.rel).toBe("noopener noreferrer nofollow");
});

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "<img src=x onerror=alert(1)>",
        "<script>",
        "&lt;",
        "javascript:alert(1)",
        "https://a.example/",
        '"onclick="x',
        "**",
        "_",
        "`",
        " ",
        "\n",
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));

it("makes four kinds of elements and nothing else, whatever the text", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const root = show(text);
      for (const element of root.querySelectorAll("*")) {
        expect(["STRONG", "EM", "CODE", "A"]).toContain(element.tagName);
        const attributes = element.getAttributeNames().sort();
        expect(attributes).toEqual(element.tagName === "A" ? ["href", "rel", "target"] : []);
        if (element.tagName === "A")
          expect(element.getAttribute("href")).toMatch(/^(https?:\/\/|mailto:|tel:)/);
      }
      const withoutMarkers = (value: string | null) => value?.replace(/[*_`]/g, "");
      expect(withoutMarkers(root.textContent)).toBe(withoutMarkers(text));
    }),
    { numRuns: 300 },
  );
});
