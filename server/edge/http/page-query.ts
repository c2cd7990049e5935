import type { PageQuery } from "../../store/store.ts";

/** Leaves out what was not given: an absent bound is no member, not one that is undefined. */
export function pageQuery(query: {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}): PageQuery {
  const { before, after, limit } = query;
  return { limit, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}
