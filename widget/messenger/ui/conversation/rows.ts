import type { ErrorCode } from "../../../../shared/problems.ts";
import type { Attachment, AuthorKind } from "../../../../shared/protocol.ts";
import { startOfDay } from "../../locales/language.ts";
import type { Entry, OwnStatus, Thread } from "../../model/messenger-model.ts";

/** One message as the log shows it. Flat: rows of equal values need not be drawn again. */
export interface Row extends Said {
  /** The first of its local day. */
  readonly newDay: boolean;
  /** The first that has not been read yet. */
  readonly isNew: boolean;
  /** The author is named above the first message of a group; the time stands below the last. */
  readonly first: boolean;
  readonly last: boolean;
  /** Own messages say how far they came where the customer's turn ends. */
  readonly showStatus: boolean;
}

interface Said {
  /** The message's id: a message keeps its element when it moves from the outbox into the conversation. */
  readonly id: string;
  readonly by: AuthorKind;
  /** The agent's, where there is one. */
  readonly name: string | null;
  readonly text: string;
  /** Absent where there are none. */
  readonly attachments?: readonly Attachment[] | undefined;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  /** Absent while the message waits in the outbox. */
  readonly seq?: number;
  /** On the way to its reader: the agent for own messages, this customer for all others. */
  readonly status: OwnStatus;
  /** Why it was not sent. */
  readonly code?: ErrorCode | null;
  readonly retryable?: boolean;
}

type StoredEntry = Extract<Entry, { kind: "message" }>;

/** Messages of one author within this time of each other stand together. */
const groupMs = 5 * 60_000;

/** @param newAfter the `seq` after which messages are new */
export function layOut({ entries, readSeq, hasOlder }: Thread, newAfter: number): readonly Row[] {
  const firstNew = entries.findIndex((entry) => isNewSince(entry, newAfter));
  const answered = entries.findLastIndex((entry) =>
    entry.kind === "message" ? entry.own : entry.status === "sending",
  );
  // Nothing to divide where all there is is new, or where the customer has answered to it.
  const divided = firstNew > answered && (firstNew > 0 || hasOlder) ? firstNew : null;

  const rows: Row[] = [];
  for (const [i, entry] of entries.entries()) {
    const said = entry.kind === "message" ? stored(entry, readSeq) : waiting(entry);
    const before = rows.at(-1);
    const newDay = !before || startOfDay(before.at) !== startOfDay(said.at);
    const isNew = i === divided;
    const own = said.by === "contact";
    const first =
      newDay ||
      isNew ||
      before.by !== said.by ||
      before.name !== said.name ||
      Math.abs(said.at - before.at) >= groupMs;
    if (before) rows[i - 1] = { ...before, last: first, showStatus: before.showStatus && !own };
    rows.push({ ...said, newDay, isNew, first, last: true, showStatus: own });
  }
  return rows;
}

const stored = ({ message, status }: StoredEntry, readSeq: number): Said => {
  const { id, text, attachments, seq, author } = message;
  return {
    id,
    by: author.kind,
    name: author.kind === "agent" ? author.name : null,
    text,
    attachments: attachments[0] && attachments,
    at: Date.parse(message.at),
    seq,
    status: status ?? (seq <= readSeq ? "read" : "delivered"),
  };
};

const waiting = ({
  id,
  text,
  attachments,
  writtenAt,
  status,
  code,
  retryable,
}: Extract<Entry, { kind: "pending" }>): Said => ({
  id,
  by: "contact",
  name: null,
  text,
  attachments,
  at: writtenAt,
  status,
  code,
  retryable,
});

/** Whether somebody else wrote it after `seq`. */
export const isNewSince = (entry: Entry, seq: number): entry is StoredEntry =>
  entry.kind === "message" && !entry.own && entry.message.seq > seq;
