/** The limits that the guides name are those that are in force where nobody sets them. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defaultLimits, type Limits } from "../shared/limits.ts";

const guides = ["configuration.md", "attachments.md"]
  .map((name) => readFileSync(join(import.meta.dirname, name), "utf8"))
  .join("\n");

/** What a guide says of it: `name` (number, …, `name` and `name` (number), or a row of a table. Seconds there are milliseconds here. */
function toldOf(name: string): number | null {
  const told = new RegExp(
    `\`(?:limits\\.)?${name}\`(?: and \`\\w+\`)?(?: \\(| \\| )([\\d,]+)( seconds)?`,
  ).exec(guides);
  if (!told?.[1]) return null;
  return Number(told[1].replaceAll(",", "")) * (told[2] ? 1000 : 1);
}

test.each(Object.keys(defaultLimits) as (keyof Limits)[])("%s", (name) => {
  expect(toldOf(name)).toBe(defaultLimits[name]);
});
