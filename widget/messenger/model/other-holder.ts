import { effect, type ReadonlySignal } from "@preact/signals-core";
import type { SessionPhase } from "./messenger-model.ts";

/** Calls `left` whenever the conversation is somebody else's than before, or nobody's. @returns ends it */
export function onOtherHolder(session: ReadonlySignal<SessionPhase>, left: () => void): () => void {
  let holder: string | null = null;
  return effect(() => {
    const phase = session.value;
    const contact = "contact" in phase ? phase.contact.id : null;
    const isSame = phase.kind === "open" && phase.steppedUpFrom === holder;
    if (holder !== null && contact !== holder && !isSame) left();
    holder = contact;
  });
}
