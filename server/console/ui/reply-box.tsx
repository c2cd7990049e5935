import { useEffect, useRef } from "preact/hooks";
import { defaultLimits } from "../../../shared/limits.ts";
import { codePoints, messageFault } from "../../../shared/message.ts";
import type { Desk } from "../model/desk.ts";
import { AttachButton, ChosenFiles } from "./chosen-files.tsx";
import { SendIcon } from "./icons.tsx";

/** Characters left from which on they are counted aloud. */
const countedBelow = 200;

export function ReplyBox(props: { readonly desk: Desk; readonly name: string }) {
  const { desk } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const draft = desk.draft.value;
  const fault = messageFault(draft, defaultLimits);
  const chosen = desk.attaching.chosen.value.filter(
    ({ conversationId }) => conversationId === desk.selectedId.value,
  );
  const isReady = chosen.every(({ state }) => state.kind === "ready");
  const canSend = isReady && (fault === null || (fault === "message_empty" && chosen.length > 0));
  const left = defaultLimits.messageCharacters - codePoints(draft);

  // A touch keyboard that jumps up over the conversation just opened would hide what there is to read.
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, []);

  function send(event: Event): void {
    event.preventDefault();
    if (canSend) desk.send();
    field.current?.focus();
  }

  function add(files: readonly File[]): void {
    const id = desk.selectedId.peek();
    if (id !== null) desk.attaching.add(id, files);
    field.current?.focus();
  }

  /** Files that were pasted or dropped. */
  function addGiven(event: Event, given: DataTransfer | null): void {
    const files = [...(given?.files ?? [])];
    // Office programs put a picture of a text beside it.
    if (files.length === 0 || given?.types.includes("text/plain")) return;
    event.preventDefault();
    add(files);
  }

  return (
    <form
      class="reply"
      onSubmit={send}
      onPaste={(event) => addGiven(event, event.clipboardData)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => addGiven(event, event.dataTransfer)}
    >
      <ChosenFiles chosen={chosen} attaching={desk.attaching} />
      <div class="reply-field">
        <AttachButton add={add} />
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
        <button class="primary icon-button" type="submit" disabled={!canSend}>
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
