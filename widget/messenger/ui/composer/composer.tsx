import { useId, useRef } from "preact/hooks";
import { messageFault } from "../../../../shared/message.ts";
import { SendIcon } from "../icons.tsx";
import type { View } from "../view.ts";
import { charactersLeft } from "./characters-left.ts";

interface ComposerProps {
  readonly view: View;
  /** Called after a message went to the outbox. */
  readonly onSent: () => void;
}

/** Where the customer writes. It draws itself alone on each key, never the conversation. */
export function Composer({ view: { model, language }, onSent }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const { kind } = model.session.value;
  const { say, count } = language.value;
  const { limits } = model.deployment;
  const text = model.draft.value;
  const fault = messageFault(text, limits);
  const left = charactersLeft(text, limits.messageCharacters);
  const tooLong = fault === "message_too_long";
  // While the session opens one can write already; it is not known yet as whom.
  const canSend = fault === null && (kind === "open" || kind === "expired");

  const send = () => {
    field.current?.focus({ preventScroll: true });
    if (!canSend) return;
    model.send(text);
    onSent();
  };

  return (
    <div class="composer">
      {(left !== null || tooLong) && (
        <p id={id} class={tooLong ? "count over" : "count"}>
          {left === null
            ? say("problem.tooLong")
            : left < 0
              ? count("charactersOver", -left)
              : count("charactersLeft", left)}
        </p>
      )}
      <p class="hidden" role="status">
        {tooLong ? say("problem.tooLong") : ""}
      </p>
      <div class="field">
        {/* The copy of the text, kept by the style sheet behind the field, gives it its height. */}
        <div class="growing" data-text={text}>
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            data-home
            aria-label={say("message")}
            aria-invalid={tooLong}
            aria-describedby={left === null ? undefined : id}
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
          class="round accent send"
          aria-label={say("send")}
          disabled={!canSend}
          onClick={send}
        >
          <SendIcon />
        </button>
      </div>
    </div>
  );
}
