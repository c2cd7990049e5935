import { useEffect, useRef } from "preact/hooks";
import { Conversation } from "./conversation/conversation.tsx";
import { focusHome, recoverFocus } from "./focus.ts";
import { Header } from "./header.tsx";
import { nextHolder, nobody } from "./holder.ts";
import { PhaseNotice } from "./notices/phase-notice.tsx";
import type { View } from "./view.ts";

/** Header, and below it the conversation or the reason why there is none. */
export function App({ view }: { readonly view: View }) {
  const phase = view.model.session.value;
  const isOpen = view.model.panelOpen.value;
  const root = useRef<HTMLElement>(null);
  const holder = useRef(nobody);
  const wasOpen = useRef(false);
  holder.current = nextHolder(holder.current, phase);

  useEffect(() => {
    const opened = isOpen && !wasOpen.current;
    wasOpen.current = isOpen;
    if (opened) focusHome(root.current);
    else if (isOpen) recoverFocus(root.current);
  }, [isOpen, phase.kind, holder.current.generation]);

  const { kind } = phase;
  const talking = kind === "idle" || kind === "opening" || kind === "open" || kind === "expired";
  // One landmark, named: the page around the frame has its own, and its own header.
  return (
    <main class="messenger" ref={root} aria-label={view.appearance.value.title}>
      <Header view={view} />
      {talking ? (
        <Conversation key={holder.current.generation} view={view} />
      ) : (
        <PhaseNotice view={view} phase={phase} />
      )}
    </main>
  );
}
