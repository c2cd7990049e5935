import type { Language } from "../../locales/language.ts";
import { problemText } from "../../locales/problem-text.ts";
import type { LinkState, Thread } from "../../model/messenger-model.ts";
import { isNewSince } from "../conversation/rows.ts";

/** What has been said already. */
export interface Heard {
  /** Messages up to here; null until the conversation has been read. */
  readonly seq: number | null;
  /** Ids of own messages that failed. */
  readonly failed: ReadonlySet<string>;
}

export const heardNothing: Heard = { seq: null, failed: new Set() };

/**
 * What a screen reader should say now that the thread has changed. History is not news: of the first messages shown only
 * the unread ones count.
 */
export function announceThread(
  heard: Heard,
  { entries, readSeq }: Pick<Thread, "entries" | "readSeq">,
  language: Language,
): { readonly heard: Heard; readonly text: string | null } {
  const since = heard.seq ?? readSeq;
  const fresh = entries.flatMap((entry) =>
    entry.kind === "message" && isNewSince(entry, since) ? [entry.message] : [],
  );
  const failures = entries.flatMap((entry) =>
    entry.kind === "pending" && entry.status === "failed" ? [entry] : [],
  );
  const lines = failures
    .filter(({ id }) => !heard.failed.has(id))
    .map(({ code }) => language.say("notSent", { reason: problemText(language, code ?? "unavailable") }));
  const [message] = fresh;
  if (fresh.length > 1) lines.push(language.count("newMessages", fresh.length));
  else if (message)
    lines.push(
      language.say("messageFrom", {
        author: message.author.name ?? language.say("agent"),
        text: message.text,
      }),
    );

  return {
    heard: {
      seq: entries.length || heard.seq !== null ? Math.max(since, ...fresh.map(({ seq }) => seq)) : null,
      failed: new Set(failures.map(({ id }) => id)),
    },
    text: lines.join("\n") || null,
  };
}

/** What the customer was told of the connection last. */
export type Told = "live" | "lost" | "offline";

/** Tells once that the connection is lost and once that it is back; the attempts in between are silent. */
export function announceLink(
  told: Told,
  now: LinkState["kind"],
  language: Language,
): { readonly told: Told; readonly text: string | null } {
  if (now === "offline" && told !== "offline") return { told: "offline", text: language.say("offline") };
  if (now === "waiting" && told === "live") return { told: "lost", text: language.say("connectionLost") };
  if (now === "live" && told !== "live") return { told: "live", text: language.say("connected") };
  return { told, text: null };
}
