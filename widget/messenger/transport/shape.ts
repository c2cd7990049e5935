/** Just enough checking to trust what came over the network from our own server: the members that decisions hang on. */

export type Guard<T> = (value: unknown) => value is T;

export const isText = (value: unknown): value is string => typeof value === "string";
export const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

export const isListOf =
  <T>(guard: Guard<T>): Guard<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(guard);

/** An object that has at least these members; others are left alone, so that a newer server may say more. */
export const isShape =
  <T extends object>(members: { readonly [Name in keyof T]?: (value: unknown) => boolean }): Guard<T> =>
  (value): value is T =>
    isRecord(value) &&
    Object.entries<((value: unknown) => boolean) | undefined>(members).every(
      ([name, guard]) => guard?.(value[name]) ?? true,
    );

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
