import type { AgentConversation, Message } from "../../../shared/protocol.ts";
import { richText } from "../../../shared/rich-text.tsx";
import type { Desk } from "../model/desk.ts";
import type { Outgoing } from "../model/outbox.ts";
import type { AgentFiles } from "../transport/agent-files.ts";
import { Files } from "./files.tsx";
import { CheckIcon, ChecksIcon, ClockIcon } from "./icons.tsx";
import { fullTimeOf, nameOf, timeOf } from "./words.ts";

type Status = "sending" | "sent" | "delivered" | "read" | "failed";

export function MessageRow(props: {
  readonly message: Message;
  readonly conversation: AgentConversation;
  /** The message before is by the same author on the same day. */
  readonly continues: boolean;
  readonly last: boolean;
  readonly files: AgentFiles;
}) {
  const { message, conversation, continues } = props;
  const own = message.author.kind === "agent";
  const status = own ? statusOf(message.seq, conversation) : undefined;
  const author = authorOf(message, conversation);
  const doubtful = message.author.kind === "contact" && !message.verified && conversation.contact.verified;
  return (
    <article
      class={`message ${own ? "message-own" : ""} ${continues ? "message-continues" : ""}`}
      data-seq={message.seq}
      data-status={status}
      data-author={message.author.kind}
    >
      <p class={`message-meta ${continues ? "hidden" : ""}`}>
        <span class="message-author">{author}</span>
        <time dateTime={message.at} title={fullTimeOf(message.at)}>
          {timeOf(message.at)}
        </time>
      </p>
      {message.text && (
        <p class="bubble" title={fullTimeOf(message.at)}>
          {richText(message.text)}
        </p>
      )}
      <Files attachments={message.attachments} files={props.files} />
      {doubtful && <p class="message-status">Written before the identity was verified</p>}
      {status && props.last && <StatusLine status={status} />}
    </article>
  );
}

/** What the system remarks, such as that a visitor signed in, nobody wrote. */
function authorOf({ author }: Message, conversation: AgentConversation): string {
  if (author.kind === "contact") return nameOf(conversation.contact);
  return author.kind === "agent" ? (author.name ?? "Agent") : "System";
}

/** A message that the conversation does not hold yet. */
export function OutgoingRow({
  entry,
  files,
  sending,
}: {
  readonly entry: Outgoing;
  readonly files: AgentFiles;
  readonly sending: Desk["sending"];
}) {
  const { id, status } = entry;
  const shown: Status = status.kind === "stored" ? "sent" : status.kind === "failed" ? "failed" : "sending";
  return (
    <article
      class="message message-own"
      data-status={shown}
      data-seq={status.kind === "stored" ? status.seq : undefined}
      data-author="agent"
    >
      {entry.text && <p class="bubble">{richText(entry.text)}</p>}
      <Files attachments={entry.attachments} files={files} />
      {status.kind === "failed" ? (
        <p class="message-status problem" role="alert">
          Not sent: {status.reason}{" "}
          <button type="button" onClick={() => sending.retry(id)}>
            Try again
          </button>
          <button type="button" onClick={() => sending.discard(id)}>
            Delete
          </button>
        </p>
      ) : (
        <StatusLine status={shown} />
      )}
    </article>
  );
}

const statusOf = (seq: number, { customer }: AgentConversation): Status =>
  seq <= customer.read ? "read" : seq <= customer.delivered ? "delivered" : "sent";

const labels: Readonly<Record<Status, string>> = {
  sending: "Sending …",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
  failed: "Not sent",
};

function StatusLine({ status }: { readonly status: Status }) {
  return (
    <p class={`message-status status-${status}`}>
      {status === "sending" ? <ClockIcon /> : status === "sent" ? <CheckIcon /> : <ChecksIcon />}
      {labels[status]}
    </p>
  );
}
