import { richText } from "../../../../shared/rich-text.tsx";
import { drawn } from "../drawn.ts";
import { checkIcon, clockIcon, doubleCheckIcon } from "../icons.tsx";
import type { View } from "../view.ts";
import type { Row } from "./rows.ts";

interface MessageProps extends Row {
  readonly view: View;
  /** What stands above the first message of a day. */
  readonly day: string | false;
}

/** One message, and the lines above it. Among thousands, only those whose properties changed are drawn again. */
export const Message = drawn<MessageProps>(({ view, ...row }) => {
  const { say, time } = view.language.value;
  const { by, status, first, last, showStatus } = row;
  const author = row.name ?? say(by);
  const failed = status === "failed";
  const beside = view.beside.value;
  const fate = (status === "sending" && beside?.sending(beside.view)) || say(status);
  const label = [author, time(row.at)];
  if (by === "contact") label.push(fate);
  // Written out: an `<article>` has this role too, but shows no attribute to find it by.
  const article = { role: "article", "aria-label": label.join(", ") } as const;
  return (
    <>
      {row.day && <p class="line day">{row.day}</p>}
      {row.isNew && <p class="line new">{say("new")}</p>}
      <div class={`entry ${by}${first ? " first" : ""}${last ? " last" : ""}`}>
        {/* Author, time and status are part of the article's name: what is drawn of them around it is for the eyes. */}
        {first && by === "agent" && (
          <p class="line foot" aria-hidden="true" dir="auto">
            {author}
          </p>
        )}
        <div {...article} data-seq={row.seq} data-status={status}>
          <p class="bubble" dir="auto">
            {richText(by === "system" ? say(row.text as "system") : row.text)}
          </p>
          {row.attachments && beside?.files.value?.show(row.attachments)}
          {failed && beside && <beside.Failure view={beside.view} row={row} />}
        </div>
        {(last || showStatus) && !failed && by !== "system" && (
          <p class="line foot" aria-hidden="true">
            {time(row.at)}
            {showStatus && (
              <span class={`line ${status}`}>
                {status === "sending" ? clockIcon() : status === "sent" ? checkIcon() : doubleCheckIcon()}
                {fate}
              </span>
            )}
          </p>
        )}
      </div>
    </>
  );
});
