import type { AgentConversation } from "../../../shared/protocol.ts";
import { unreadOf } from "../model/conversations.ts";
import { Avatar, VerifiedMark } from "./avatar.tsx";
import { fullTimeOf, nameOf, previewOf, shortTimeOf } from "./words.ts";

const stateLabels = { open: null, waiting: "Waiting", closed: "Closed" } as const;

export function ConversationRow(props: {
  readonly conversation: AgentConversation;
  readonly current: boolean;
  readonly typing: boolean;
  readonly now: number;
  readonly onSelect: (id: string) => void;
}) {
  const { conversation, current, typing } = props;
  const { contact, updatedAt } = conversation;
  const unread = current ? 0 : unreadOf(conversation);
  const stateLabel = stateLabels[conversation.state];
  return (
    <button
      class={`row ${unread > 0 ? "row-unread" : ""}`}
      type="button"
      aria-current={current}
      onKeyDown={walk}
      onClick={() => props.onSelect(conversation.id)}
    >
      <Avatar contact={contact} />
      <span class="row-name">
        <span class="ellipsis">{nameOf(contact)}</span>
        {contact.verified && <VerifiedMark />}
      </span>
      <time class="row-time" dateTime={updatedAt} title={fullTimeOf(updatedAt)}>
        {shortTimeOf(updatedAt, props.now)}
      </time>
      <span class={`row-preview ellipsis ${typing ? "row-typing" : ""}`}>
        {typing ? "is writing …" : previewOf(conversation)}
      </span>
      <span class="row-marks">
        {conversation.preview && <span class="tag">Test</span>}
        {stateLabel && <span class="tag">{stateLabel}</span>}
        {unread > 0 && (
          <span class="count">
            {unread > 99 ? "99+" : unread}
            <span class="hidden"> unread</span>
          </span>
        )}
      </span>
    </button>
  );
}

/** Up and down walk the rows; Tab still does as well. */
function walk(event: KeyboardEvent & { readonly currentTarget: HTMLButtonElement }): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const rows = [...(event.currentTarget.closest("ul")?.querySelectorAll("button") ?? [])];
  const next = rows[rows.indexOf(event.currentTarget) + step];
  if (step === 0 || !next) return;
  event.preventDefault();
  next.focus();
}
