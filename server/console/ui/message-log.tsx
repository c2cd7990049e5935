import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Clock } from "../../../shared/clock.ts";
import type { Desk, OpenConversation } from "../model/desk.ts";
import { firstSeq, hasOlder, lastSeq } from "../model/thread.ts";
import { DownIcon } from "./icons.tsx";
import { MessageRow, OutgoingRow } from "./message-row.tsx";
import { dayLabelOf, dayOf, nameOf } from "./words.ts";

/** From the bottom, in pixels: near enough to follow what comes. */
const nearBottom = 80;
const nearTop = 120;

export function MessageLog(props: {
  readonly desk: Desk;
  readonly open: OpenConversation;
  readonly clock: Clock;
}) {
  const { desk, open, clock } = props;
  const { thread, outgoing, conversation } = open;
  const log = useRef<HTMLDivElement>(null);
  const following = useSignal(true);
  /** Distance from the bottom, which stays the same when older messages come in above. */
  const fromBottom = useRef(0);
  const first = firstSeq(thread);
  const shownFirst = useRef(first);

  useLayoutEffect(() => {
    const element = log.current;
    if (!element) return;
    // What scrolls must be reachable by keyboard.
    element.tabIndex = 0;
    if (following.peek()) element.scrollTop = element.scrollHeight;
    else if (shownFirst.current !== first) element.scrollTop = element.scrollHeight - fromBottom.current;
    shownFirst.current = first;
  });

  function scrolled(): void {
    const element = log.current;
    if (!element) return;
    fromBottom.current = element.scrollHeight - element.scrollTop;
    following.value = fromBottom.current - element.clientHeight < nearBottom;
    if (element.scrollTop < nearTop && hasOlder(thread)) desk.loadOlder();
  }

  const unstored = outgoing.filter(({ id }) => !thread.messages.some((message) => message.id === id));
  const loading = thread.phase.kind === "loading";
  return (
    <div class="log-frame">
      <div
        class="log"
        ref={log}
        role="log"
        aria-label="Conversation"
        aria-live="off"
        aria-busy={loading}
        onScroll={scrolled}
      >
        {loading && <p class="log-note">Loading messages …</p>}
        {thread.phase.kind === "failed" && (
          <p class="log-note" role="alert">
            {thread.phase.reason}{" "}
            <button type="button" onClick={desk.reload}>
              Try again
            </button>
          </p>
        )}
        {thread.phase.kind === "ready" && thread.messages.length + unstored.length === 0 && (
          <p class="log-note">Nothing has been written yet.</p>
        )}
        {thread.messages.map((message, index) => {
          const before = thread.messages[index - 1];
          const newDay = !before || dayOf(before.at) !== dayOf(message.at);
          return (
            <Fragment key={message.id}>
              {newDay && (
                <p class="day">
                  <span>{dayLabelOf(message.at, clock.now())}</span>
                </p>
              )}
              <MessageRow
                message={message}
                conversation={conversation}
                continues={!newDay && before?.author.kind === message.author.kind}
                last={message.seq === lastSeq(thread)}
                files={desk.files}
              />
            </Fragment>
          );
        })}
        {unstored.map((entry) => (
          <OutgoingRow key={entry.id} entry={entry} files={desk.files} sending={desk.sending} />
        ))}
        <p class="typing" aria-hidden="true">
          {open.typing && (
            <>
              <span class="dots">
                <i />
                <i />
                <i />
              </span>
              {nameOf(conversation.contact)} is writing
            </>
          )}
        </p>
      </div>
      {!following.value && (
        <button
          class="jump"
          type="button"
          onClick={() => {
            following.value = true;
            const element = log.current;
            if (element) element.scrollTop = element.scrollHeight;
          }}
        >
          <DownIcon />
          Newest
        </button>
      )}
    </div>
  );
}
