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

/** So many elements an array member may have: each one's fault is told in many times the bytes that make it. */
const maxElements = {
  communities: 10_000,
  deployments: 10_000,
  allowedOrigins: 1000,
  extraValueMapping: 200,
  /** Of a community, and of one JWK set. */
  keys: 100,
} as const;

type ListName = keyof typeof maxElements;

/** The member `name`, counted before any element is looked at. */
export const listOf = <Schema extends v.GenericSchema>(name: ListName, element: Schema) =>
  v.pipe(
    v.array(v.unknown()),
    v.maxLength(maxElements[name], `must have at most ${maxElements[name]} elements`),
    v.array(element),
  );

/**
 * The elements of an array member, even of an object that has faults elsewhere; empty where there is no such array, or one
 * that is too long: that is its fault already.
 */
export function elementsOf(value: unknown, name: ListName): readonly unknown[] {
  const member = isJsonObject(value) ? ownMember(value, name) : undefined;
  return Array.isArray(member) && member.length <= maxElements[name] ? member : [];
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
