/** Texts that differ by what people and tools get wrong. */

/** Case, white space, full-width forms and separators put aside. */
export const plainForm = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_.:/-]+/gu, "");

/** Restricted to what a slip of the hand makes: insertions, deletions, replacements and swaps of neighbours. */
export function isWithinEdits(one: string, other: string, edits: number): boolean {
  const [a, b] = [[...one].slice(0, 256), [...other].slice(0, 256)];
  if (Math.abs(a.length - b.length) > edits) return false;
  let before: number[] = [];
  let row = b.map((_, at) => at);
  row.push(b.length);
  for (const [i, character] of a.entries()) {
    const next = [i + 1];
    for (const [j, own] of b.entries()) {
      const replaced = (row[j] ?? 0) + (character === own ? 0 : 1);
      const swapped = character === b[j - 1] && a[i - 1] === own ? (before[j - 1] ?? 0) + 1 : replaced;
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, replaced, swapped));
    }
    [before, row] = [row, next];
  }
  return (row[b.length] ?? 0) <= edits;
}

/** Two edits in a short name make another name. */
export function isSimilar(one: string, other: string): boolean {
  const [a, b] = [plainForm(one), plainForm(other)];
  return isWithinEdits(a, b, Math.min(2, Math.floor(b.length / 3)));
}
