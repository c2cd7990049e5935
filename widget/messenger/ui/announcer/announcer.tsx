import { signal, useSignalEffect } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import type { View } from "../view.ts";
import { announceLink, announceThread, heardNothing, type Told } from "./announcements.ts";

/**
 * The one live region of the messenger; the log's own is off, so that nothing is said twice. It goes with the conversation:
 * after a logout no word of it is left.
 */
export function Announcer({ view: { model, language, visible } }: { readonly view: View }) {
  const text = useMemo(() => signal(""), []);
  const heard = useRef(heardNothing);
  const told = useRef<Told>("live");
  const listening = () => model.panelOpen.peek() && visible.peek();
  const announce = (news: string | null) => {
    if (news !== null && listening()) text.value = news;
  };

  useSignalEffect(() => {
    const next = announceThread(heard.current, model.thread.value, language.peek());
    heard.current = next.heard;
    announce(next.text);
  });
  useSignalEffect(() => {
    if (model.session.value.kind !== "open") return;
    const next = announceLink(told.current, model.link.value.kind, language.peek());
    told.current = next.told;
    announce(next.text);
  });
  useSignalEffect(() => {
    if (model.session.value.kind === "expired") announce(language.peek().say("waitsForSignIn"));
  });

  return (
    <div class="hidden" role="status">
      {text}
    </div>
  );
}
