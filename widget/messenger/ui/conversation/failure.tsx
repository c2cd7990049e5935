import type { Language } from "../../locales/language.ts";
import { problemText } from "../../locales/problem-text.ts";
import type { Entry, MessengerModel } from "../../model/messenger-model.ts";
import { focusLog } from "../focus.ts";
import { WarningIcon } from "../icons.tsx";

interface FailureProps {
  readonly entry: Extract<Entry, { kind: "pending" }>;
  readonly language: Language;
  readonly model: Pick<MessengerModel, "retry" | "discard">;
}

/** Why a message was not sent, and what the customer can do with it. */
export function Failure({ entry: { id, code, retryable }, language, model }: FailureProps) {
  const { say } = language;
  const act = (action: (id: string) => void) => (event: Event) => {
    if (event.currentTarget) focusLog(event.currentTarget);
    action(id);
  };
  return (
    <div class="failure">
      <p class="reason">
        <WarningIcon /> {say("notSent", { reason: code ? problemText(language, code) : "" })}
      </p>
      {retryable && (
        <button type="button" class="link" onClick={act(model.retry)}>
          {say("retry")}
        </button>
      )}
      <button type="button" class="link" onClick={act(model.discard)}>
        {say("delete")}
      </button>
    </div>
  );
}
