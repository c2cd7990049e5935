import * as v from "valibot";
import { isJsonObject, ownMember } from "../identity/strict-json.ts";
import type { ConfigurationFault } from "./configuration-error.ts";

/** What the readers of the parts of a configuration share. */
export interface Reading {
  readonly faults: ConfigurationFault[];
  readonly warnings: string[];
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds since 1970-01-01 UTC: certificates are checked against it. */
  readonly nowMs: number;
}

/**
 * Reads one part and notes its faults under `path`.
 * @returns null where it has any; the other parts are read on, so that one run shows every fault
 */
export function readPart<Schema extends v.GenericSchema>(
  reading: Reading,
  schema: Schema,
  value: unknown,
  path: string,
): v.InferOutput<Schema> | null {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  for (const issue of result.issues) {
    const place = (issue.path ?? []).reduce((parent, { key }) => within(parent, key), path);
    reading.faults.push({ path: place, message: describe(issue) });
  }
  return null;
}

/** The elements of an array member, even of an object that has faults elsewhere; empty where there is no such array. */
export function elementsOf(value: unknown, name: string): readonly unknown[] {
  const member = isJsonObject(value) ? ownMember(value, name) : undefined;
  return Array.isArray(member) ? member : [];
}

/** The path of a member or an element: `communities[0].keys`. */
export const within = (path: string, key: unknown): string =>
  typeof key === "number" ? `${path}[${key}]` : path ? `${path}.${key}` : String(key);

const typeNames: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  boolean: "true or false",
  array: "an array",
};

/** valibot's own messages quote what was found, which may be a secret; the messages of our checks never do. */
function describe({ kind, type, expected, received, message }: v.BaseIssue<unknown>): string {
  if (kind !== "schema" || type === "union" || type === "custom") return message;
  if (expected === "never") return "is not a member that is known here";
  if (received === "undefined") return "is missing";
  return `must be ${typeNames[type] ?? expected}`;
}
