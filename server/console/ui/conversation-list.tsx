import type { Clock } from "../../../shared/clock.ts";
import type { ConversationStatus, DeskAgent } from "../../../shared/protocol.ts";
import type { Desk } from "../model/desk.ts";
import { ConversationRow } from "./conversation-row.tsx";
import { VouchMark } from "./icons.tsx";

const states: readonly { readonly state: ConversationStatus | null; readonly label: string }[] = [
  { state: "open", label: "Open" },
  { state: "waiting", label: "Waiting" },
  { state: "closed", label: "Closed" },
  { state: null, label: "All" },
];

export function ConversationList(props: {
  readonly desk: Desk;
  readonly clock: Clock;
  readonly onSignOut: () => void;
}) {
  const { list } = props.desk;
  const view = list.view.value;
  return (
    <nav class="list" aria-label="Conversations">
      <header class="list-header">
        <span class="brand-mark">
          <VouchMark />
        </span>
        <span class="list-title">
          Agent desk
          <Colleagues agents={props.desk.agents.value} />
        </span>
        <button class="quiet" type="button" onClick={props.onSignOut}>
          Sign out
        </button>
      </header>
      <div class="list-tools">
        <fieldset class="segments" aria-label="Show">
          {states.map(({ state, label }) => (
            <button
              type="button"
              aria-pressed={view.state === state}
              onClick={() => list.setView({ ...view, state })}
            >
              {label}
            </button>
          ))}
        </fieldset>
        <label class="switch">
          <input
            type="checkbox"
            checked={view.preview}
            onChange={(event) => list.setView({ ...view, preview: event.currentTarget.checked })}
          />
          Test chats
        </label>
      </div>
      <Rows desk={props.desk} clock={props.clock} />
    </nav>
  );
}

/** Who else is here; alone, one needs not be told. */
function Colleagues({ agents }: { readonly agents: readonly DeskAgent[] }) {
  if (agents.length < 2) return null;
  const names = agents.map(({ name }) => name).join(", ");
  return (
    <span class="colleagues" title={names}>
      {agents.length} desks open<span class="hidden">: {names}</span>
    </span>
  );
}

const emptyTexts: Readonly<Record<ConversationStatus, string>> = {
  open: "No conversations yet. They appear here as soon as a customer writes.",
  waiting: "Nothing is set aside.",
  closed: "Nothing is closed yet.",
};

function Rows({ desk, clock }: { readonly desk: Desk; readonly clock: Clock }) {
  const { list } = desk;
  const rows = list.rows.value;
  const phase = list.phase.value;
  return (
    <div class="rows">
      {phase.kind === "failed" && (
        <div class="empty" role="alert">
          <p>{phase.reason}</p>
          <button type="button" onClick={() => void list.refresh()}>
            Try again
          </button>
        </div>
      )}
      <ul>
        {rows.map((conversation) => (
          <li key={conversation.id}>
            <ConversationRow
              conversation={conversation}
              current={desk.selectedId.value === conversation.id}
              typing={desk.typing.value.has(conversation.id)}
              now={clock.now()}
              onSelect={desk.select}
            />
          </li>
        ))}
      </ul>
      {phase.kind === "loading" && rows.length === 0 && <Skeleton />}
      {phase.kind === "ready" && rows.length === 0 && (
        <p class="empty">{emptyTexts[list.view.value.state ?? "open"]}</p>
      )}
      {phase.kind === "ready" && phase.cursor !== null && (
        <button class="more" type="button" disabled={phase.loadingMore} onClick={() => void list.loadMore()}>
          {phase.loadingMore ? "Loading …" : "Show more"}
        </button>
      )}
    </div>
  );
}

function Skeleton() {
  return (
    <div class="skeleton" role="status">
      <span class="hidden">Loading conversations …</span>
      {[1, 2, 3, 4].map((row) => (
        <span key={row} class="skeleton-row" />
      ))}
    </div>
  );
}
