import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { AgentConversation, ContactField } from "../../../shared/protocol.ts";
import type { Desk } from "../model/desk.ts";
import { Avatar, VerifiedBadge } from "./avatar.tsx";
import { CloseIcon } from "./icons.tsx";
import { RichText } from "./rich-text.tsx";
import { fullTimeOf, identityOf, labelOf, nameOf, rankOf } from "./words.ts";

export function ContactPanel(props: {
  readonly desk: Desk;
  readonly conversation: AgentConversation;
  /** Matters only where the window is too narrow to show it always. */
  readonly shown: boolean;
  readonly onClose: () => void;
}) {
  const { conversation } = props;
  const { contact } = conversation;
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (props.shown) panel.current?.focus();
  }, [props.shown]);

  return (
    <section
      class="contact"
      id="contact"
      ref={panel}
      tabIndex={-1}
      aria-label="Contact"
      data-shown={props.shown}
      onKeyDown={(event) => event.key === "Escape" && props.onClose()}
    >
      <button class="contact-close icon-button" type="button" onClick={props.onClose}>
        <CloseIcon />
        <span class="hidden">Close contact</span>
      </button>
      <div class="contact-head">
        <Avatar contact={contact} large />
        <h2>{nameOf(contact)}</h2>
        <VerifiedBadge verified={contact.verified} />
      </div>
      <Identity conversation={conversation} />
      <Fields fields={contact.fields} />
      <section>
        <h3>Conversation</h3>
        <dl>
          <Entry label="Messenger" value={conversation.deploymentId} />
          <Entry label="Started" value={fullTimeOf(conversation.createdAt)} />
          <Entry label="Messages" value={String(conversation.lastSeq)} />
          <Entry label="Assigned to" value={conversation.assignee ?? "Nobody"} />
        </dl>
        <Assignment assignee={conversation.assignee} desk={props.desk} />
      </section>
    </section>
  );
}

/** Agents take a conversation, and give it back; who else has it is shown, not stopped. */
function Assignment({ desk, assignee }: { readonly desk: Desk; readonly assignee: string | null }) {
  const link = desk.link.value;
  const own = link.kind === "live" ? link.agentName : null;
  const mine = assignee !== null && assignee === own;
  const problem = useSignal<string | null>(null);

  async function assign(): Promise<void> {
    problem.value = await desk.update({ assignee: mine ? null : own });
  }

  return (
    <>
      <button type="button" disabled={own === null} onClick={() => void assign()}>
        {mine ? "Give back" : "Take over"}
      </button>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
    </>
  );
}

function Identity({ conversation }: { readonly conversation: AgentConversation }) {
  const { platformKey, verified } = conversation.contact;
  const { community, source, identity } = identityOf(platformKey);
  return (
    <section>
      <h3>Identity</h3>
      <p class="contact-note">
        {verified
          ? "A signed token vouches for this customer, on every device."
          : "A visitor. Nothing vouches for who this is."}
      </p>
      <dl>
        {verified && <Entry label="Identity" value={identity} />}
        <Entry label="Community" value={community} />
        {source && <Entry label="Vouched for by" value={source === "jwt" ? "Signed token (JWT)" : source} />}
        <div class="entry">
          <dt>Platform key</dt>
          <dd class="key">{platformKey}</dd>
        </div>
      </dl>
    </section>
  );
}

function Fields({ fields }: { readonly fields: Readonly<Record<string, ContactField>> }) {
  const entries = Object.entries(fields).sort(([a], [b]) => rankOf(a) - rankOf(b));
  if (entries.length === 0) return null;
  return (
    <section>
      <h3>Details</h3>
      <dl>
        {entries.map(([name, field]) => (
          <div class="entry" key={name}>
            <dt>{labelOf(name)}</dt>
            <dd>
              <RichText text={field.value} />
              <span class="source" title={`Updated ${fullTimeOf(field.updatedAt)}`}>
                {field.source === "token" ? `signed: ${field.claim ?? "token"}` : "said by the visitor"}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Entry({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div class="entry">
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
