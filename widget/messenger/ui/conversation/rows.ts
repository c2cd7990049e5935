import type { Message } from "../../../../shared/protocol.ts";
import { type Language, startOfDay } from "../../locales/language.ts";
import type { Entry, OwnStatus, Thread } from "../../model/messenger-model.ts";

/** What the log shows, from top to bottom. */
export type Row =
  | { readonly kind: "day"; readonly key: string; readonly at: number }
  /** What follows has not been read yet. */
  | { readonly kind: "divider"; readonly key: string }
  | EntryRow;

export interface EntryRow {
  readonly kind: "entry";
  /** The message's id: a message keeps its element when it moves from the outbox into the conversation. */
  readonly key: string;
  readonly entry: Entry;
  readonly author: Author;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  /** The author is named above the first message of a group; the time stands below the last. */
  readonly first: boolean;
  readonly last: boolean;
  /** On the way to its reader: the agent for own messages, this customer for all others. */
  readonly status: OwnStatus;
  /** Own messages say how far they came where the customer's turn ends. */
  readonly showStatus: boolean;
}

export type Author =
  | { readonly kind: "own" }
  | { readonly kind: "system" }
  | { readonly kind: "other"; readonly name: string | null };

/** Messages of one author within this time of each other stand together. */
const groupMs = 5 * 60_000;

type Draft = Pick<EntryRow, "key" | "entry" | "author" | "at" | "status">;

/** @param divider the `seq` after which messages are new, or null */
export function layOut({ entries, readSeq, hasOlder }: Thread, divider: number | null): readonly Row[] {
  const drafts = entries.map((entry) => draftOf(entry, readSeq));
  const firstNew = divider === null ? -1 : entries.findIndex((entry) => isNewSince(entry, divider));
  // Nothing to divide where all there is is new.
  const divided = firstNew > 0 || (firstNew === 0 && hasOlder) ? drafts[firstNew] : undefined;

  return drafts.flatMap((draft, i) => {
    const before = drafts[i - 1];
    const after = drafts[i + 1];
    const rows: Row[] = [];
    if (!before || newDay(before, draft)) rows.push({ kind: "day", key: `day-${draft.key}`, at: draft.at });
    if (draft === divided) rows.push({ kind: "divider", key: "divider" });
    rows.push({
      kind: "entry",
      ...draft,
      first: draft === divided || !before || !together(before, draft),
      last: !after || after === divided || !together(draft, after),
      showStatus: draft.author.kind === "own" && after?.author.kind !== "own",
    });
    return rows;
  });
}

/** Whether the row looks the same: entries may be new objects with the old content. */
export const sameRow = (one: EntryRow, other: EntryRow): boolean =>
  one.key === other.key &&
  one.status === other.status &&
  one.at === other.at &&
  one.first === other.first &&
  one.last === other.last &&
  one.showStatus === other.showStatus &&
  faultOf(one.entry) === faultOf(other.entry);

const faultOf = (entry: Entry) => (entry.kind === "pending" ? `${entry.code} ${entry.retryable}` : null);

function draftOf(entry: Entry, readSeq: number): Draft {
  if (entry.kind === "pending") {
    const { id: key, status, writtenAt: at } = entry;
    return { key, entry, author: { kind: "own" }, at, status };
  }
  const { message, own } = entry;
  return {
    key: message.id,
    entry,
    author: own ? { kind: "own" } : authorOf(message.author),
    at: Date.parse(message.at),
    status: entry.status ?? (message.seq <= readSeq ? "read" : "delivered"),
  };
}

const authorOf = ({ kind, name }: Message["author"]): Author =>
  kind === "system" ? { kind } : { kind: "other", name };

export const isNewSince = (entry: Entry, seq: number): boolean =>
  entry.kind === "message" && !entry.own && entry.message.seq > seq;

const newDay = (before: Draft, after: Draft) => startOfDay(before.at) !== startOfDay(after.at);

const together = (before: Draft, after: Draft): boolean =>
  before.author.kind !== "system" &&
  before.author.kind === after.author.kind &&
  nameOf(before.author) === nameOf(after.author) &&
  Math.abs(after.at - before.at) < groupMs &&
  !newDay(before, after);

const nameOf = (author: Author) => (author.kind === "other" ? author.name : null);

export function authorName(author: Author, { say }: Language): string {
  if (author.kind === "own") return say("you");
  if (author.kind === "system") return say("system");
  return author.name ?? say("agent");
}
