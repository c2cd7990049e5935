import { useSignal } from "@preact/signals";
import type { Clock } from "../../../shared/clock.ts";
import type { ConversationChange, Desk, OpenConversation } from "../model/desk.ts";
import { VerifiedMark } from "./avatar.tsx";
import { BackIcon, PersonIcon } from "./icons.tsx";
import { MessageLog } from "./message-log.tsx";
import { ReplyBox } from "./reply-box.tsx";
import { identityOf, nameOf } from "./words.ts";

export function ConversationPane(props: {
  readonly desk: Desk;
  readonly open: OpenConversation;
  readonly clock: Clock;
  readonly contactShown: boolean;
  readonly onContact: () => void;
}) {
  const { desk, open, clock } = props;
  const { contact, state, preview, deploymentId, assignee } = open.conversation;
  const problem = useSignal<string | null>(null);
  const changing = useSignal(false);

  async function change(how: ConversationChange): Promise<void> {
    changing.value = true;
    problem.value = await desk.update(how);
    changing.value = false;
  }

  return (
    <section class="pane" aria-label={`Conversation with ${nameOf(contact)}`}>
      <header class="pane-header">
        <button class="back icon-button" type="button" onClick={() => desk.select(null)}>
          <BackIcon />
          <span class="hidden">All conversations</span>
        </button>
        <div class="pane-title">
          <h2>
            <span class="ellipsis">{nameOf(contact)}</span>
            {contact.verified && <VerifiedMark />}
          </h2>
          <p class="ellipsis">
            {contact.verified ? identityOf(contact.platformKey).identity : "Visitor, not verified"} ·{" "}
            {deploymentId}
            {preview && " · test"}
            {state === "waiting" && " · waiting for the customer"}
            {assignee !== null && ` · with ${assignee}`}
          </p>
        </div>
        {state === "open" && (
          <button
            type="button"
            disabled={changing.value}
            title="Until the customer writes again"
            onClick={() => void change({ state: "waiting" })}
          >
            Set aside
          </button>
        )}
        <button
          type="button"
          disabled={changing.value}
          onClick={() => void change({ state: state === "open" ? "closed" : "open" })}
        >
          {state === "open" ? "Close" : "Reopen"}
          <span class="hidden"> conversation</span>
        </button>
        <button
          class="contact-toggle icon-button"
          type="button"
          aria-expanded={props.contactShown}
          aria-controls="contact"
          onClick={props.onContact}
        >
          <PersonIcon />
          <span class="hidden">Contact</span>
        </button>
      </header>
      {problem.value && (
        <p class="problem pane-problem" role="alert">
          {problem.value}
        </p>
      )}
      <MessageLog desk={desk} open={open} clock={clock} />
      <ReplyBox desk={desk} name={nameOf(contact)} />
    </section>
  );
}
