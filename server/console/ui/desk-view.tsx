import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Clock } from "../../../shared/clock.ts";
import type { Desk } from "../model/desk.ts";
import { ContactPanel } from "./contact-panel.tsx";
import { ConversationList } from "./conversation-list.tsx";
import { ConversationPane } from "./conversation-pane.tsx";
import { InboxIcon } from "./icons.tsx";
import { LinkBanner } from "./link-banner.tsx";
import { nameOf } from "./words.ts";

export function DeskView(props: {
  readonly desk: Desk;
  readonly clock: Clock;
  readonly onSignOut: () => void;
}) {
  const { desk, clock } = props;
  /** Where the window is too narrow for three columns, the contact is shown on demand. */
  const contactShown = useSignal(false);
  const selected = desk.selected.value;

  useSignalEffect(() => {
    const unread = desk.unread.value;
    document.title = unread > 0 ? `(${unread}) Agent desk` : "Agent desk";
  });
  useEffect(() => {
    contactShown.value = false;
  }, [desk.selectedId.value, contactShown]);

  return (
    <main class="desk" data-screen={desk.selectedId.value === null ? "list" : "conversation"}>
      <h1 class="hidden">Agent desk</h1>
      <LinkBanner desk={desk} clock={clock} />
      <ConversationList desk={desk} clock={clock} onSignOut={props.onSignOut} />
      <div class="stage">
        {selected ? (
          <ConversationPane
            key={selected.conversation.id}
            desk={desk}
            open={selected}
            clock={clock}
            contactShown={contactShown.value}
            onContact={() => {
              contactShown.value = !contactShown.value;
            }}
          />
        ) : (
          <Nothing desk={desk} />
        )}
      </div>
      {selected && (
        <ContactPanel
          desk={desk}
          conversation={selected.conversation}
          shown={contactShown.value}
          onClose={() => {
            contactShown.value = false;
          }}
        />
      )}
      <Announcer desk={desk} />
    </main>
  );
}

function Nothing({ desk }: { readonly desk: Desk }) {
  return (
    <div class="nothing">
      <InboxIcon />
      <p>{nothingText(desk)}</p>
    </div>
  );
}

function nothingText({ selectedId, list, unread }: Desk): string {
  if (selectedId.value !== null) return "Looking for this conversation …";
  const { kind } = list.phase.value;
  if (kind === "loading") return "";
  // What could not be read may be anything.
  if (list.rows.value.length === 0) return kind === "ready" ? "All quiet." : "";
  if (unread.value === 0) return "Choose a conversation to read it.";
  return unread.value === 1
    ? "One conversation is waiting for an answer."
    : `${unread.value} conversations are waiting for an answer.`;
}

/** Speaks what arrives, for those who do not see it; the log itself stays silent, so that history is never read out. */
function Announcer({ desk }: { readonly desk: Desk }) {
  const arrival = desk.arrival.value;
  return (
    <p class="hidden" role="status">
      {arrival && `${nameOf(arrival.conversation.contact)}: ${arrival.message.text}`}
    </p>
  );
}
