import { codePoints, messageFault } from "../../../../shared/message.ts";
import { focusHome } from "../focus.ts";
import { sendIcon } from "../icons.tsx";
import type { View } from "../view.ts";

/** The last part of the limit, in which the customer is told how much is left. */
const near = 0.1;

/** Where the customer writes. It draws itself alone on each key, never the conversation. */
export function Composer({ view: { model, language } }: { readonly view: View }) {
  const { kind } = model.session.value;
  const { say } = language.value;
  const { limits } = model.deployment;
  const text = model.draft.value;
  const fault = messageFault(text, limits);
  const isTooLong = fault === "message_too_long";
  const left = limits.messageCharacters - codePoints(text);
  const isNear = left <= limits.messageCharacters * near;
  // While the session opens one can write already; it is not known yet as whom.
  const canSend = !fault && (kind === "open" || kind === "expired");

  const send = () => {
    focusHome();
    if (canSend) model.send(text);
  };

  return (
    <div class="composer">
      <p class="count">{isNear && <span id="left">{say("charactersLeft", { count: left })}</span>}</p>
      <p class="count over" role="status">
        {isTooLong && say("problem.tooLong")}
      </p>
      <div class="field">
        {/* The copy of the text, kept by the style sheet behind the field, gives it its height. */}
        <div class="growing" data-text={text}>
          <textarea
            rows={1}
            dir="auto"
            aria-label={say("message")}
            aria-invalid={isTooLong}
            aria-describedby={isNear ? "left" : undefined}
            placeholder={say("placeholder")}
            enterkeyhint="send"
            value={text}
            onInput={(event) => model.setDraft(event.currentTarget.value)}
            onKeyDown={(event) => {
              // 229: Safari ends a composition before it reports the Enter that ended it.
              if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229)
                return;
              event.preventDefault();
              send();
            }}
          />
        </div>
        <button
          type="button"
          class="round accent"
          aria-label={say("send")}
          disabled={!canSend}
          onClick={send}
        >
          {sendIcon}
        </button>
      </div>
    </div>
  );
}
