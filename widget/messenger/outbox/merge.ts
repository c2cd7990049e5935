/**
 * Two lists of the same words, the one in this tab and the one that is kept for all tabs, made one again. Pure.
 *
 * Each id in `known` was kept when this tab last looked, and this tab has dealt with it since. So what is known and not here
 * any more was settled here, and what is known and not kept any more was settled by another tab.
 */

import type { OutboxItem } from "./courier.ts";

type Items = readonly OutboxItem[];
export type Known = ReadonlyMap<string, OutboxItem>;

export interface Changes {
  readonly settled: ReadonlySet<string>;
  readonly changed: Known;
  /** Not known yet; `here` says where they belong. */
  readonly added: Items;
  readonly here: Items;
}

export const byId = (items: Items): Known => new Map(items.map((item) => [item.id, item]));

/** What this tab has done since it last looked. null: nothing. */
export function changesSince(known: Known, here: Items): Changes | null {
  const unsettled = here.filter(({ isStored }) => !isStored);
  const ids = byId(unsettled);
  const changed = byId(unsettled.filter((item) => isOther(known.get(item.id), item)));
  const settled = new Set([...known.keys()].filter((id) => !ids.has(id)));
  const added = unsettled.filter(({ id }) => !known.has(id));
  return settled.size + changed.size + added.length > 0 ? { settled, changed, added, here } : null;
}

/** What is to be kept. */
export function withChanges(kept: Items, { settled, changed, added, here }: Changes): Items {
  const rest = kept.flatMap((item) => (settled.has(item.id) ? [] : [changed.get(item.id) ?? item]));
  return woven(rest, added, here);
}

/**
 * What this tab shows and sends from now on.
 * @param before what was here when the transaction began, whose changes it contains; since then some may have been added
 * @param isShown whether a message stands in the conversation
 */
export function merged(here: Items, before: Items, kept: Items, isShown: (id: string) => boolean): Items {
  const ids = { here: byId(here), before: byId(before), kept: byId(kept) };
  const theirs = kept.flatMap((item) => {
    const mine = ids.here.get(item.id);
    // Gone from here since, or sent and shown while the list was read: the next transaction takes it out.
    if (!mine) return ids.before.has(item.id) || isShown(item.id) ? [] : [item];
    return [mine === ids.before.get(item.id) && isOther(mine, item) ? { ...mine, ...fateOf(item) } : mine];
  });
  const mine = here.flatMap((item): Items => {
    if (ids.kept.has(item.id)) return [];
    if (item.isStored || !ids.before.has(item.id)) return [item];
    // Another tab has settled it: sent it, or given up what had failed.
    return item.status === "failed" ? [] : [{ ...item, isStored: true }];
  });
  return woven(theirs, mine, here);
}

/** `list` with `extra` in the places that `order` has them in: each before what follows it there, else at the end. */
function woven(list: Items, extra: Items, order: Items): Items {
  const woven = [...list];
  const places = new Map(order.map(({ id }, place) => [id, place]));
  for (const item of [...extra].reverse()) {
    if (woven.some(({ id }) => id === item.id)) continue;
    const place = places.get(item.id) ?? 0;
    const next = woven.findIndex(({ id }) => (places.get(id) ?? -1) > place);
    woven.splice(next < 0 ? woven.length : next, 0, item);
  }
  return woven;
}

const fateOf = ({ status, code, retryable }: OutboxItem) => ({ status, code, retryable });

/** Of two items of one id: the text never changes. */
const isOther = (one: OutboxItem | undefined, other: OutboxItem): boolean =>
  one !== undefined && (one.status !== other.status || one.code !== other.code);
