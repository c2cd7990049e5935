import { describe, expect, it } from "vitest";
import { algorithmAttacks } from "./algorithms.ts";
import type { Attack } from "./attack.ts";
import { claimAttacks } from "./claims.ts";
import { configurationAttacks } from "./configuration.ts";
import { headerAttacks } from "./headers.ts";
import { jsonAttacks } from "./json.ts";
import { kindAttacks } from "./kinds.ts";
import { shapeAttacks } from "./shapes.ts";
import { signatureAttacks } from "./signatures.ts";
import { timeAttacks } from "./times.ts";
import { useAttacks } from "./uses.ts";

/**
 * The attack catalogue: one row, one attack. Sections are those of RFC 8725 (JSON Web Token Best Current Practices); 3.1 to
 * 3.12 each have rows.
 */
const topics: Readonly<Record<string, readonly Attack[]>> = {
  algorithms: algorithmAttacks,
  claims: claimAttacks,
  configuration: configurationAttacks,
  headers: headerAttacks,
  json: jsonAttacks,
  kinds: kindAttacks,
  shapes: shapeAttacks,
  signatures: signatureAttacks,
  times: timeAttacks,
  uses: useAttacks,
};
const catalogue = Object.values(topics).flat();

describe.each(Object.entries(topics))("Attacks by %s are refused, each with its code", (_, attacks) => {
  it.each(attacks)("$name", async ({ attempt, outcome }) => {
    expect(await attempt()).toBe(outcome);
  });
});

describe("The catalogue", () => {
  it("has 250 attacks and more, each by a name of its own", () => {
    const names = catalogue.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(250);
  });

  it.each(Array.from({ length: 12 }, (_, index) => `3.${index + 1}`))(
    "has attacks of section %s",
    (section) => {
      expect(catalogue.some(({ name }) => name.startsWith(`${section} `))).toBe(true);
    },
  );
});
