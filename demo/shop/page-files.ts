import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

const folder = join(import.meta.dirname, "..", "pages");
const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const files: ReadonlyMap<string, string> = new Map(
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
);

/** A file of `demo/pages`: the shop serves it, runs it and shows it. */
export function pageFile(name: string): string {
  const text = files.get(name);
  if (text === undefined) throw new Error(`demo/pages has no ${name}`);
  return text;
}

export const isPageFile = (name: string): boolean => files.has(name);

export const pageFileType = (name: string): string => types[extname(name)] ?? "text/plain; charset=utf-8";

/** The text of a file of the back end, as it runs in this process. */
export const backEndFile = (name: string): string =>
  readFileSync(join(import.meta.dirname, "back-end", name), "utf8").trim();
