import { describe, expect, expectTypeOf, it } from "vitest";
import { besideTexts } from "./en.beside.ts";
import { createLanguage, type LanguageChoice } from "./language.ts";

const language = (choice: Partial<LanguageChoice> = {}) =>
  createLanguage({ locale: "en", strings: {}, browserLocales: [], ...choice }, besideTexts);

const at = (year: number, month: number, day: number, hour = 12) =>
  new Date(year, month - 1, day, hour).getTime();

describe("texts", () => {
  it("are filled in by name, and a name that is no placeholder stays", () => {
    expect(language().say("signedInAs", { name: "Ada {name} $&" })).toBe("Signed in as Ada {name} $&");
  });

  it("fit the number they tell", () => {
    expect(language().say("newMessages", { count: 1 })).toBe("1 new message");
    expect(language().say("newMessages", { count: 2000 })).toBe("2,000 new messages");
  });

  it("are the site's own where it has some", () => {
    const { say } = language({
      strings: { send: "Off you go", "newMessages.one": "A fresh one", signedInAs: "{name}!" },
    });
    expect(say("send")).toBe("Off you go");
    expect(say("newMessages", { count: 1 })).toBe("A fresh one");
    expect(say("newMessages", { count: 2 })).toBe("2 new messages");
    expect(say("signedInAs", { name: "Ada" })).toBe("Ada!");
    expect(say("close")).toBe("Close messenger");
  });

  it("want exactly the values that stand in them", () => {
    const { say } = language();
    expectTypeOf(say<"send">).parameters.toEqualTypeOf<["send"]>();
    expectTypeOf(say<"signedInAs">).parameters.toEqualTypeOf<["signedInAs", { readonly name: string }]>();
    expectTypeOf(say<"newMessages">).parameters.toEqualTypeOf<["newMessages", { readonly count: number }]>();
  });
});

describe("the language", () => {
  it.each([
    [
      "auto takes the first browser language there is a catalogue for",
      { locale: "auto", browserLocales: ["de-DE", "en-GB", "en-US"] },
      "en-GB",
    ],
    ["auto is English where there is none", { locale: "auto", browserLocales: ["de-DE"] }, "en"],
    ["a locale without texts is not claimed to screen readers", { locale: "de" }, "en"],
    ["a site that brings texts names their language", { locale: "de", strings: { send: "Senden" } }, "de"],
    ["a malformed tag is English", { locale: "not a tag", strings: { send: "x" } }, "en"],
  ])("%s", (_, choice, tag) => expect(language(choice).tag).toBe(tag));

  it("knows which way it is written", () => {
    expect(language().direction).toBe("ltr");
    expect(language({ locale: "ar-EG", strings: { send: "أرسل" } }).direction).toBe("rtl");
  });

  it("fills plural forms that only other languages have from the general one", () => {
    const { say } = language({ locale: "ar", strings: { send: "أرسل" } });
    expect(say("newMessages", { count: 3 })).toMatch(/new messages$/);
  });
});

describe("days", () => {
  const { day } = language({ locale: "en-GB" });
  it.each([
    ["the same day", at(2026, 11, 21, 0), at(2026, 11, 21, 23), "Today"],
    ["a minute before midnight", at(2026, 11, 20, 23), at(2026, 11, 21, 0), "Yesterday"],
    ["over a change of the clocks", at(2026, 10, 24), at(2026, 10, 25), "Yesterday"],
    ["over a change of the clocks in spring", at(2026, 3, 28), at(2026, 3, 29), "Yesterday"],
    ["earlier this year", at(2026, 3, 2), at(2026, 11, 21), "Monday 2 March 2026"],
    ["another year", at(2025, 3, 2), at(2026, 11, 21), "Sunday 2 March 2025"],
  ])("%s", (_, then, now, expected) => expect(day(then, now).replace(",", "")).toBe(expected));
});
