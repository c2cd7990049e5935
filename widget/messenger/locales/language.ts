import { type CountedKey, en, type TextKey, type Texts, type Values } from "./en.ts";

/** How the messenger speaks: the texts of one catalogue with the site's own in front, dates and numbers to match. */
export interface Language {
  /** BCP 47, for `lang`. */
  readonly tag: string;
  readonly direction: "ltr" | "rtl";
  say<Key extends TextKey>(key: Key, ...values: keyof Values<Key> extends never ? [] : [Values<Key>]): string;
  /** The form of a text that fits the number, which stands in it as `{count}`. */
  count(key: CountedKey, count: number): string;
  /** @param at milliseconds since 1970-01-01 UTC */
  time(at: number): string;
  /** “Today”, “Yesterday”, or the date. */
  day(at: number, now: number): string;
}

const catalogues: Readonly<Record<string, Texts>> = { en };
const rightToLeft = /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/i;
const dayMs = 86_400_000;

export interface LanguageChoice {
  /** BCP 47 tag, or `auto` for the first of the browser's languages that there is a catalogue for. */
  readonly locale: string;
  /** The site's own texts, by key. */
  readonly strings: Readonly<Record<string, string>>;
  readonly browserLocales: readonly string[];
}

export function createLanguage({ locale, strings, browserLocales }: LanguageChoice): Language {
  const tag = chooseTag(locale, Object.keys(strings).length > 0, browserLocales);
  const texts: Readonly<Record<string, string | undefined>> = {
    ...(catalogues[languageOf(tag)] ?? en),
    ...strings,
  };
  const rules = new Intl.PluralRules(tag);
  const numbers = new Intl.NumberFormat(tag);
  const times = new Intl.DateTimeFormat(tag, { hour: "numeric", minute: "2-digit" });
  const days = new Intl.DateTimeFormat(tag, { weekday: "long", day: "numeric", month: "long" });
  const daysOfOtherYears = new Intl.DateTimeFormat(tag, { day: "numeric", month: "long", year: "numeric" });

  const fill = (text: string, values: Readonly<Record<string, string>>) =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

  return {
    tag,
    direction: rightToLeft.test(tag) ? "rtl" : "ltr",
    say: (key, ...[values]) => fill(texts[key] ?? en[key], values ?? {}),
    count: (key, count) =>
      fill(texts[`${key}.${rules.select(count)}`] ?? texts[`${key}.other`] ?? "", {
        count: numbers.format(count),
      }),
    time: (at) => times.format(at),
    day(at, now) {
      // Midnights are an hour off where the clocks changed between them.
      const ago = Math.round((startOfDay(now) - startOfDay(at)) / dayMs);
      if (ago === 0) return texts.today ?? en.today;
      if (ago === 1) return texts.yesterday ?? en.yesterday;
      const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
      return (sameYear ? days : daysOfOtherYears).format(at);
    },
  };
}

/** Local midnight before `at`. */
export const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

const languageOf = (tag: string): string => tag.replace(/-.*/, "").toLowerCase();

/**
 * A tag that the texts are really in: screen readers pick their voice by it. A language without a catalogue counts when the
 * site brings texts of its own for it.
 */
function chooseTag(locale: string, translated: boolean, browserLocales: readonly string[]): string {
  const wanted = locale === "auto" ? browserLocales : [locale];
  const spoken = (tag: string) =>
    isTag(tag) && (Object.hasOwn(catalogues, languageOf(tag)) || (translated && locale !== "auto"));
  return wanted.find(spoken) ?? "en";
}

function isTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}
