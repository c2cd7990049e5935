import { Component } from "preact";
import type { Language } from "../../locales/language.ts";
import type { MessengerModel } from "../../model/messenger-model.ts";
import { RichText } from "../rich-text/rich-text.tsx";
import { Failure } from "./failure.tsx";
import { authorName, type EntryRow, sameRow } from "./rows.ts";
import { Status } from "./status.tsx";

interface MessageRowProps {
  readonly row: EntryRow;
  readonly language: Language;
  readonly model: Pick<MessengerModel, "retry" | "discard">;
}

/** One message. Among thousands, only those that changed are drawn again. */
export class MessageRow extends Component<MessageRowProps> {
  override shouldComponentUpdate(next: MessageRowProps): boolean {
    return next.language !== this.props.language || !sameRow(next.row, this.props.row);
  }

  override render({ row, language, model }: MessageRowProps) {
    const { entry, author, at, first, last, status, showStatus } = row;
    const text = entry.kind === "message" ? entry.message.text : entry.text;
    const failed = entry.kind === "pending" && entry.status === "failed" ? entry : null;
    return (
      <div class={`entry ${author.kind}${first ? " first" : ""}${last ? " last" : ""}`}>
        {/* Author, time and status are part of the article's name: what is drawn of them around it is for the eyes. */}
        {first && author.kind === "other" && (
          <p class="byline" aria-hidden="true" dir="auto">
            {authorName(author, language)}
          </p>
        )}
        <div {...articleOf(row, language)}>
          <p class="bubble" dir="auto">
            <RichText text={text} />
          </p>
          {failed && <Failure entry={failed} language={language} model={model} />}
        </div>
        {(last || showStatus) && !failed && author.kind !== "system" && (
          <p class="foot" aria-hidden="true">
            {language.time(at)}
            {showStatus && <Status status={status} language={language} />}
          </p>
        )}
      </div>
    );
  }
}

/** The message by its attributes. `role` is written out: an `<article>` has it too, but shows no attribute to find it by. */
function articleOf({ entry, author, at, status }: EntryRow, language: Language) {
  const own = author.kind === "own";
  const label = [authorName(author, language), language.time(at), ...(own ? [language.say(status)] : [])];
  return {
    role: "article",
    "aria-label": label.join(", "),
    "data-seq": entry.kind === "message" ? entry.message.seq : undefined,
    "data-status": status,
  } as const;
}
