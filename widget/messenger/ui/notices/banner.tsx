import { focusLog } from "../focus.ts";
import type { View } from "../view.ts";
import { hindrance } from "./hindrance.ts";

/** What keeps messages from going out, and what the customer can do about it. The announcer says it aloud. */
export function Banner({ view: { model, language } }: { readonly view: View }) {
  const matter = hindrance(model);
  if (!matter) return null;
  const { say } = language.value;
  const phase = model.session.value;
  return (
    <div class={`line banner ${matter}`}>
      <p>{say(matter)}</p>
      {phase.kind === "expired" && phase.canSignIn && (
        <button type="button" class="button" onClick={() => model.signIn()}>
          {say("signIn")}
        </button>
      )}
      {matter === "waiting" && (
        <button
          type="button"
          class="link"
          onClick={() => {
            focusLog();
            model.reconnect();
          }}
        >
          {say("tryNow")}
        </button>
      )}
    </div>
  );
}
