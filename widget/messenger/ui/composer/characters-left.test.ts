import { expect, it } from "vitest";
import { charactersLeft } from "./characters-left.ts";

it.each([
  ["far from the limit", "a".repeat(89), null],
  ["in its last tenth", "a".repeat(90), 10],
  ["at the limit", "a".repeat(100), 0],
  ["beyond it", "a".repeat(103), -3],
  ["with emoji, which count once each", "😀".repeat(95), 5],
  ["with emoji, far from the limit", "😀".repeat(60), null],
])("%s", (_, text, left) => expect(charactersLeft(text, 100)).toBe(left));
