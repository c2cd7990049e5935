import type { View } from "../view.ts";
import { openDialog } from "./dialog.tsx";

/**
 * Whether the visitor's conversation comes along with who signs in. Nothing is decided by looking away: Escape keeps all as
 * it was before signing in; where somebody signs in already it closes the messenger, and the question is there again when
 * that is opened.
 */
export function askToContinue(view: View): void {
  const { model } = view;
  const question = model.question.peek();
  // The file may have been long on the way.
  if (!question || !model.panelOpen.peek()) return;
  openDialog({
    view,
    role: "alertdialog",
    isCurrent: () => model.question.value === question,
    cancelled: () => model.putOff(),
    content: ({ say }) => {
      const phase = model.session.peek();
      // Asked before the server has verified anybody, there is no name to be trusted yet.
      const name = question === "signedIn" && phase.kind === "open" && phase.contact.name;
      return (
        <div class="sheet">
          <h2 id="dialog-title">{name ? say("takeAlongLaterTitle", { name }) : say("takeAlongTitle")}</h2>
          <p id="dialog-text">{say(question === "signedIn" ? "takeAlongLater" : "takeAlong")}</p>
          <div class="choices">
            <button type="button" class="button accent" onClick={() => model.decide("along")}>
              {say("continue")}
            </button>
            <button type="button" class="button" onClick={() => model.decide("nothing")}>
              {say("startFresh")}
            </button>
            {/* Phones have no Escape. */}
            {question === "beforeSignIn" && (
              <button type="button" class="button" onClick={() => model.putOff()}>
                {say("notNow")}
              </button>
            )}
          </div>
        </div>
      );
    },
  });
}
