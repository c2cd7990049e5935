/**
 * JSON as RFC 8259 has it and I-JSON (RFC 7493) narrows it. `JSON.parse` keeps the last of two members of one name, so
 * that two readers of one token can see two different identities; it also nests without a bound and makes an own
 * `__proto__`. All three are refused before it runs.
 */

export class JsonFault extends Error {
  override readonly name = "JsonFault";
  /** Where: `communities[0].keys`; empty for the whole text. */
  readonly path: string;

  constructor(message: string, path: string) {
    super(message);
    this.path = path;
  }
}

interface Container {
  /** null: an array. */
  readonly names: Set<string> | null;
  /** The member's name or the element's index that is being read. */
  place: string | number;
}

/**
 * @param maxDepth `{"a":1}` has depth 1
 * @throws JsonFault whose message never quotes a value of the text: it may be a secret
 */
export function parseStrictJson(text: string, maxDepth: number): unknown {
  checkStructure(text, maxDepth);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new JsonFault(`is not valid JSON${position(error)}`, "");
  }
}

/** One pass over the text. It takes the grammar for granted: what it misreads, `JSON.parse` refuses afterwards. */
function checkStructure(text: string, maxDepth: number): void {
  const open: Container[] = [];
  let nameFollows = false;
  for (let at = 0; at < text.length; at++) {
    const container = open.at(-1);
    switch (text[at]) {
      case '"': {
        const end = endOfString(text, at);
        if (nameFollows && container?.names) enterMember(open, container.names, text.slice(at, end + 1));
        nameFollows = false;
        at = end;
        break;
      }
      case "{":
      case "[":
        if (open.length === maxDepth)
          throw new JsonFault(`is nested deeper than ${maxDepth} levels`, pathOf(open));
        nameFollows = text[at] === "{";
        open.push(nameFollows ? { names: new Set(), place: "" } : { names: null, place: 0 });
        break;
      case "}":
      case "]":
        open.pop();
        nameFollows = false;
        break;
      case ",":
        if (container?.names) nameFollows = true;
        else if (container) container.place = Number(container.place) + 1;
        break;
    }
  }
}

function enterMember(open: readonly Container[], names: Set<string>, quoted: string): void {
  const container = open.at(-1);
  const name = quoted.includes("\\") ? unescaped(quoted) : quoted.slice(1, -1);
  if (container) container.place = name;
  if (names.has(name)) throw new JsonFault("is there twice", pathOf(open));
  if (name === "__proto__") throw new JsonFault("is not an allowed name", pathOf(open));
  names.add(name);
}

/** Index of the closing quote; of the last character where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length - 1;
}

function unescaped(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

/** Names are cut: whoever wrote the text chose them. */
const pathOf = (open: readonly Container[]): string =>
  open
    .map(({ place }) => (typeof place === "number" ? `[${place}]` : `.${place.slice(0, 64)}`))
    .join("")
    .replace(/^\./, "");

/** The only part of V8's message that never quotes the text. */
function position(error: unknown): string {
  const found = error instanceof Error && /line \d+ column \d+/.exec(error.message);
  return found ? ` (${found[0]})` : "";
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A member that the text itself had: `toString` and the like, which every object inherits, are none. */
export const ownMember = (object: JsonObject, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;
