import { expect, it } from "vitest";
import { problems } from "../../../shared/problems.ts";
import { createLanguage } from "./language.ts";
import { problemText } from "./problem-text.ts";

const language = createLanguage({ locale: "en", strings: {}, browserLocales: [] });

it("has a sentence for every code there is", () => {
  for (const code of Object.keys(problems) as (keyof typeof problems)[])
    expect(problemText(language, code), code).toMatch(/^[A-Z].*\.$/);
});

it("tells a customer what to do rather than what a token lacks", () => {
  expect(problemText(language, "key_id_required")).toBe(
    "We couldn't confirm your sign-in. Please sign in again.",
  );
  expect(problemText(language, "network")).toContain("check your connection");
});
