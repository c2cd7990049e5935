import type { MessengerModel } from "../../model/messenger-model.ts";

/** What keeps messages from going out, under the key of its text; null where nothing does. */
export function hindrance({
  session,
  link,
}: Pick<MessengerModel, "session" | "link">): "expired" | "offline" | "waiting" | "connecting" | null {
  const { kind } = session.value;
  // Nothing connects while the sign-in is over.
  if (kind === "expired") return kind;
  return kind === "open" && link.value.kind !== "live" ? link.value.kind : null;
}
