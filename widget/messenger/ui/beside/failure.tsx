import { problemText } from "../../locales/problem-text.ts";
import type { Row } from "../conversation/rows.ts";
import { drawn } from "../drawn.ts";
import { focusHome, focusLog } from "../focus.ts";
import { icon } from "../icons.tsx";
import type { BesideView } from "./beside.ts";

const warningIcon = icon("M10 3a7 7 0 1 0 .1 0zM10 6v5M10 14v.1");

interface FailureProps {
  readonly view: BesideView;
  readonly row: Pick<Row, "id" | "text" | "code" | "retryable">;
}

/** Why a message was not sent, and what its writer can do about it. */
export const Failure = drawn<FailureProps>(({ view: { model, language }, row }) => {
  const { say } = language.value;
  const { id, text, code, retryable } = row;
  const act = (action: (id: string) => void) => () => {
    focusLog();
    action(id);
  };
  // Refused for good under its id, so the words may go under another.
  const edit = () => {
    focusHome();
    if (model.discard(id)) model.setDraft([text, model.draft.peek()].filter(Boolean).join("\n"));
  };
  return (
    <div class="line failure">
      <p>
        {warningIcon()} {say("notSent", { reason: problemText(language.value, code ?? "unavailable") })}
      </p>
      <div class="ways">
        {retryable && (
          <button type="button" class="link" onClick={act(model.retry)}>
            {say("retry")}
          </button>
        )}
        <button type="button" class="link" onClick={edit}>
          {say("edit")}
        </button>
        <button type="button" class="link" onClick={act(model.discard)}>
          {say("delete")}
        </button>
      </div>
    </div>
  );
});
