import { messageFault } from "../../../../shared/message.ts";
import { drawn } from "../drawn.ts";
import { focusHome } from "../focus.ts";
import { sendIcon } from "../icons.tsx";
import type { View } from "../view.ts";

/** Where the customer writes. It draws itself alone on each key, never the conversation. */
export const Composer = drawn<{ readonly view: View }>(({ view }) => {
  const { model } = view;
  const beside = view.beside.value;
  const files = beside?.files.value;
  const { kind } = model.session.value;
  const { say } = view.language.value;
  const text = model.draft.value;
  const fault = messageFault(text, model.deployment.limits);
  // While the session opens one can write already; it is not known yet as whom.
  const canSend = (files ? files.allows(fault) : !fault) && (kind === "open" || kind === "expired");

  const send = () => {
    focusHome();
    if (canSend) model.send(text, files?.take());
  };

  return (
    <div class="composer">
      {beside && <beside.Room view={beside.view} />}
      {files?.compose()}
      <div class="field">
        {/* The copy of the text, kept by the style sheet behind the field, gives it its height. */}
        <div class="growing" data-text={text}>
          <textarea
            rows={1}
            dir="auto"
            aria-label={say("message")}
            aria-invalid={fault === "message_too_long"}
            aria-describedby="room"
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
          {sendIcon()}
        </button>
      </div>
    </div>
  );
});
