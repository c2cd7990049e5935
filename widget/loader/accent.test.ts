import { expect, test } from "vitest";
import { textOn } from "./accent.ts";

test.each([
  ["#0b5fff", "#fff"],
  ["#000000", "#fff"],
  ["#767676", "#fff"],
  ["#777777", "#000"],
  ["#ffd400", "#000"],
  ["#ffffff", "#000"],
])("on %s text is %s", (accent, text) => {
  expect(textOn(accent)).toBe(text);
});

test("a colour of another form counts as black", () => {
  expect(textOn("rebeccapurple")).toBe("#fff");
});
