import type { MessengerModel } from "../../model/messenger-model.ts";
import type { BesideView } from "./beside.ts";

/** What keeps messages from going out, under the key of its text; null where nothing does. */
export function hindrance({
  session,
  link,
}: Pick<MessengerModel, "session" | "link">): "expired" | "offline" | "waiting" | "connecting" | null {
  const { kind } = session.value;
  // Nothing connects while the sign-in is over.
  if (kind === "expired") return kind;
  const state = link.value;
  if (kind !== "open" || state.kind === "live") return null;
  if (state.kind !== "waiting") return "connecting";
  return state.retryAt === null ? "offline" : "waiting";
}

/** What a message that is not sent yet waits for. */
export function sending({ model, language }: BesideView): string {
  const { say } = language.value;
  const matter = hindrance(model);
  return say(matter === "expired" ? "waitsForSignIn" : matter ? "waitsForNetwork" : "sending");
}
