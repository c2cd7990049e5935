import { UsageError } from "./console.ts";

/**
 * The text of an option as it was typed: cac makes numbers of what looks like one, and `--kid 007` would name the key 7.
 * @param argv the words after the program's name
 * @returns undefined where the option is absent
 * @throws UsageError where it stands more than once
 */
export function textOption(argv: readonly string[], name: string): string | undefined {
  const [text, second] = textOptions(argv, name);
  if (second !== undefined) throw new UsageError(`--${name} is there twice.`);
  return text;
}

/** As `textOption`, for an option that may stand any number of times. */
export function textOptions(argv: readonly string[], name: string): readonly string[] {
  return argv.flatMap((word, index) => {
    if (word.startsWith(`--${name}=`)) return [word.slice(name.length + 3)];
    return word === `--${name}` ? (argv[index + 1] ?? []) : [];
  });
}

/** `identity=user-123` → `["identity", "user-123"]`; the value may hold further equals signs. */
export function assignment(text: string, option: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`--${option} ${text}: expected NAME=VALUE.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `15m`, `1h`, `7d`; below zero for a token that has expired already. */
export function durationSeconds(text: string): number {
  const [, count, unit = ""] = /^(-?\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (unitSeconds[unit] ?? Number.NaN);
  if (Number.isNaN(seconds)) throw new UsageError(`${text}: expected a duration such as 90s, 15m, 1h or 7d.`);
  return seconds;
}
