/** The forms of single values that several parts of the configuration share. Messages never quote what was found. */

import * as v from "valibot";
import { slugPattern } from "../../shared/ids.ts";
import { isJsonObject } from "../identity/strict-json.ts";

/** An object of these members and no others. valibot's own takes an array for one. */
export const exactObject = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(v.custom<unknown>(isJsonObject, "must be an object"), v.strictObject(entries));

export const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isInteger(value) && value >= min && value <= max,
      `must be a whole number from ${min} to ${max}`,
    ),
  );

/** One line of text. */
export const line = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => text.length >= min && text.length <= max && !/\p{Cc}/u.test(text) && text.isWellFormed(),
      `must be one line of ${min} to ${max} characters`,
    ),
  );

export const slug = v.pipe(
  v.string(),
  v.regex(
    slugPattern,
    "must be 1 to 64 letters, digits, hyphens and underscores, beginning and ending with a letter or digit",
  ),
);

/** A secret, or where to find it. */
export const secretReference = v.union(
  [v.string(), exactObject({ env: v.string() })],
  'must be a string or { "env": "NAME" }',
);

export type SecretReference = v.InferOutput<typeof secretReference>;
