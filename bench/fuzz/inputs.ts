/** Inputs that are nearly right: whole ones of a corpus, broken in ways that parsers trip over. */

/** In [0, 1), the same sequence for the same seed (Mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const morsels = [
  ...'\u0000\n\t "\\{}[]:,.-_=+/0123456789eEnulltrueféß\u0301\u202e\ud800\udfff\ufeff😀',
  "__proto__",
  "constructor",
  "1e999",
  "-0",
  "9007199254740993",
  '{"a":',
  "[[[[[[[[[[",
  '"exp":',
  "none",
  "HS256",
  "crit",
  "\\ud800",
  "\\u0000",
  "..",
  "....",
];

export interface Fuzzer {
  next(): string;
}

/** @param corpus texts that are right */
export function createFuzzer(corpus: readonly string[], random: () => number): Fuzzer {
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;

  const cut = (text: string): readonly [string, string] => {
    const at = below(text.length + 1);
    return [text.slice(0, at), text.slice(at)];
  };

  const changes: readonly ((text: string) => string)[] = [
    (text) => cut(text).join(pick(morsels)),
    (text) => {
      const [before, after] = cut(text);
      return before + after.slice(1);
    },
    (text) => {
      const [before, after] = cut(text);
      return before + String.fromCharCode((after.charCodeAt(0) || 0) ^ (1 << below(7))) + after.slice(1);
    },
    (text) => {
      const [before, after] = cut(text);
      const [part] = cut(after);
      return before + part.slice(0, 64).repeat(1 + below(8)) + after;
    },
    (text) => cut(text)[0] + cut(pick(corpus))[1],
    insideAPart,
  ];

  /** Changes what a part of a token says, so that what comes behind the base64url is met as well. */
  function insideAPart(text: string): string {
    const parts = text.split(".");
    const index = below(parts.length);
    const content = Buffer.from(parts[index] ?? "", "base64url").toString("latin1");
    const changed = pick(changes.slice(0, 5))(content);
    return parts.with(index, Buffer.from(changed, "latin1").toString("base64url")).join(".");
  }

  return {
    next() {
      let text = pick(corpus);
      for (let round = 0; round <= below(4); round++) text = pick(changes)(text);
      return text;
    },
  };
}
