import { useEffect, useRef } from "preact/hooks";
import { defaultLimits } from "../../../shared/limits.ts";
import { codePoints, messageFault } from "../../../shared/message.ts";
import type { Desk } from "../model/desk.ts";
import { SendIcon } from "./icons.tsx";

/** Characters left from which on they are counted aloud. */
const countedBelow = 200;

export function ReplyBox(props: { readonly desk: Desk; readonly name: string }) {
  const { desk } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const draft = desk.draft.value;
  const fault = messageFault(draft, defaultLimits);
  const left = defaultLimits.messageCharacters - codePoints(draft);

  // A touch keyboard that jumps up over the conversation just opened would hide what there is to read.
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, []);

  function send(event: Event): void {
    event.preventDefault();
    if (fault === null) desk.send();
    field.current?.focus();
  }

  return (
    <form class="reply" onSubmit={send}>
      <div class="reply-field">
        <textarea
          ref={field}
          rows={1}
          aria-label="Reply"
          aria-describedby="reply-help"
          aria-invalid={fault === "message_too_long"}
          placeholder={`Reply to ${props.name} …`}
          value={draft}
          onInput={(event) => desk.setDraft(event.currentTarget.value)}
          onKeyDown={(event) => {
            // During composition Enter chooses a character, it does not send.
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
          }}
        />
        <button class="primary icon-button" type="submit" disabled={fault !== null}>
          <SendIcon />
          <span class="hidden">Send</span>
        </button>
      </div>
      <p id="reply-help" class="fine reply-help">
        {left < countedBelow ? (
          <span class={left < 0 ? "problem" : ""}>
            {left < 0 ? `${-left} characters too many` : `${left} characters left`}
          </span>
        ) : (
          "Enter sends, Shift + Enter starts a new line"
        )}
      </p>
    </form>
  );
}
