import { attempt } from "../attempt.ts";
import { en, type KeyOf, type Texts, type ValuesOf } from "./en.ts";

/** How the messenger speaks: the English texts with the site's own in front, dates and numbers to match. */
export interface Language<Catalogue extends Texts = typeof en> {
  /** BCP 47, for `lang`. */
  readonly tag: string;
  readonly direction: "ltr" | "rtl";
  /** Of a key that is in no catalogue it is the text itself: what the system says is found by what it says in English. */
  say<Key extends KeyOf<Catalogue>>(
    key: Key,
    ...values: keyof ValuesOf<Catalogue, Key> extends never ? [] : [ValuesOf<Catalogue, Key>]
  ): string;
  /** @param at milliseconds since 1970-01-01 UTC */
  time(at: number): string;
  /** “Today”, “Yesterday”, or the date. */
  day(at: number, now: number): string;
}

export interface LanguageChoice {
  /** BCP 47 tag, or `auto` for the first of the browser's languages that there are texts in. */
  readonly locale: string;
  /** The site's own texts, by key. */
  readonly strings: Readonly<Record<string, string>>;
  readonly browserLocales: readonly string[];
}

const rightToLeft = /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/i;
const dayMs = 86_400_000;

export function createLanguage(choice: LanguageChoice): Language;
/** @param catalogue texts of a part that is loaded by itself */
export function createLanguage<Catalogue extends Texts>(
  choice: LanguageChoice,
  catalogue: Catalogue,
): Language<Catalogue>;
export function createLanguage(choice: LanguageChoice, catalogue: Texts = en): Language<Texts> {
  const tag = chooseTag(choice);
  const texts: Readonly<Record<string, string | undefined>> = { ...catalogue, ...choice.strings };
  const rules = new Intl.PluralRules(tag);
  const times = new Intl.DateTimeFormat(tag, { timeStyle: "short" });

  const say = (key: string, values: Readonly<Record<string, unknown>> = {}) =>
    // Without a count there is no text of that form.
    (texts[`${key}.${rules.select(values.count as number)}`] ?? texts[key] ?? key).replace(
      /{(\w+)}/g,
      // Of a text it is the text.
      (whole, name) => (values[name] as number | undefined)?.toLocaleString(tag) ?? whole,
    );

  return {
    tag,
    direction: rightToLeft.test(tag) ? "rtl" : "ltr",
    say,
    time: (at) => times.format(at),
    day(at, now) {
      // Midnights are an hour off where the clocks changed between them.
      const ago = Math.round((startOfDay(now) - startOfDay(at)) / dayMs);
      const name = ["today", "yesterday"][ago];
      return name ? say(name) : new Date(at).toLocaleDateString(tag, { dateStyle: "full" });
    },
  };
}

/** Local midnight before `at`. */
export const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/**
 * A tag that the texts are really in: screen readers pick their voice by it. A language other than English counts when the
 * site names it and brings texts of its own.
 */
function chooseTag({ locale, strings, browserLocales }: LanguageChoice): string {
  const isAuto = locale === "auto";
  const isOurs = (tag: string) => /^en\b/i.test(tag) || (!isAuto && Object.keys(strings)[0]);
  const chosen = (isAuto ? browserLocales : [locale]).find(isOurs);
  return attempt(() => Intl.getCanonicalLocales(chosen)[0]) ?? "en";
}
