import type { SessionPhase } from "../model/messenger-model.ts";

/** Whose conversation the screen belongs to. Everything on it is built anew under another `generation`. */
export interface Holder {
  readonly generation: number;
  /** null until someone's session opens. */
  readonly contactId: string | null;
}

export const nobody: Holder = { generation: 0, contactId: null };

/**
 * A screen passes from nobody to its first holder, who may have begun to write, and from a holder to no one else: their
 * elements go with them, and with the elements what a browser remembers of them (a text field's undo history, scrolling).
 */
export function nextHolder(holder: Holder, phase: SessionPhase): Holder {
  const contactId = phase.kind === "open" || phase.kind === "expired" ? phase.contact.id : null;
  if (holder.contactId === contactId) return holder;
  const generation = holder.contactId === null ? holder.generation : holder.generation + 1;
  return { generation, contactId };
}
