import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { View } from "../view.ts";
import { attendLog, type LogAttendant } from "./attend-log.ts";
import { Empty } from "./empty.tsx";
import { Jump } from "./jump.tsx";
import { Older } from "./older.tsx";
import type { Reading } from "./reading.ts";
import { RowList } from "./row-list.tsx";
import { layOut } from "./rows.ts";
import { Skeleton } from "./skeleton.tsx";
import { Typing } from "./typing.tsx";

interface LogProps {
  readonly view: View;
  readonly reading: Reading;
}

/** What scrolls must be reachable by keyboard (WCAG 2.1.1). */
const scrollable = { tabIndex: 0 };

/** All messages that are here, in order, and the way to older ones. */
export function Log({ view, reading }: LogProps) {
  const { model, language } = view;
  const thread = model.thread.value;
  const rows = useComputed(() => layOut(model.thread.value, reading.divider.value)).value;
  const log = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const attendant = useRef<LogAttendant>(null);

  useLayoutEffect(() => {
    if (!log.current || !content.current) return;
    const attending = attendLog({ log: log.current, content: content.current }, model, reading);
    attendant.current = attending;
    return () => attending.dispose();
  }, [model, reading]);
  useLayoutEffect(() => attendant.current?.changed(rows), [rows]);

  const jump = () => {
    log.current?.focus({ preventScroll: true });
    attendant.current?.toNewest();
  };

  return (
    <div class="stage">
      <div
        ref={log}
        class="log"
        role="log"
        aria-live="off"
        aria-label={language.value.say("conversation")}
        {...scrollable}
        onScroll={() => attendant.current?.scrolled()}
      >
        <div ref={content} class="rows">
          {thread.hasOlder && <Older loading={thread.loadingOlder} language={language.value} />}
          <RowList view={view} rows={rows} />
          {rows.length === 0 &&
            (thread.lastSeq > 0 ? <Skeleton view={view} /> : <Empty language={language.value} />)}
          <Typing view={view} />
        </div>
      </div>
      {rows.length > 0 && !reading.atNewest.value && <Jump view={view} onJump={jump} />}
    </div>
  );
}
