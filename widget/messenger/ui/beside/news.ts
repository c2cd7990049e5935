import { problemText } from "../../locales/problem-text.ts";
import type { MessengerModel } from "../../model/messenger-model.ts";
import { isNewSince } from "../conversation/rows.ts";
import type { BesideLanguage } from "./beside.ts";
import { hindrance } from "./hindrance.ts";

/**
 * @returns tells, at each call, what a screen reader should say of the changes since the last: who wrote what, which
 * messages failed, that the connection is lost or back (the attempts in between are silent), that the conversation was closed.
 * Empty where nothing is news.
 */
export function createNews({
  thread,
  session,
  link,
  desk,
}: Pick<MessengerModel, "thread" | "session" | "link" | "desk">) {
  // History is not news: of the first messages shown, only the unread ones count.
  let heard: number | null = null;
  let known: readonly string[] = [];
  let told: ReturnType<typeof hindrance> = null;
  let wasClosed = false;

  return (language: BesideLanguage): string => {
    const { entries, readSeq } = thread.value;
    const { say } = language;
    const since = heard ?? readSeq;
    // What the system says goes with something else that is told of, such as that the conversation was closed.
    const fresh = entries.flatMap((entry) =>
      isNewSince(entry, since) && entry.message.author.kind === "agent" ? [entry.message] : [],
    );
    const failures = entries.flatMap((entry) =>
      entry.kind === "pending" && entry.status === "failed" ? [entry] : [],
    );
    const lines = failures
      .filter(({ id }) => !known.includes(id))
      .map(({ code }) => say("notSent", { reason: problemText(language, code ?? "unavailable") }));
    known = failures.map(({ id }) => id);

    const newest = fresh.at(-1);
    if (entries.length) heard = newest?.seq ?? since;
    if (fresh.length > 1) lines.push(say("newMessages", { count: fresh.length }));
    else if (newest) {
      const { author, text, attachments } = newest;
      const said = [text, ...attachments.map(({ name }) => name)].filter(Boolean).join(", ");
      lines.push(`${author.name ?? say("agent")}: ${said}`);
    }

    const matter = hindrance({ session, link });
    if (matter !== "connecting" && matter !== told) {
      told = matter;
      lines.push(say(matter ?? "connected"));
    }
    const isClosed = desk.value.state === "closed";
    if (isClosed && !wasClosed) lines.push(say("closed"));
    wasClosed = isClosed;
    return lines.join("\n");
  };
}
