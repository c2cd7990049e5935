import { drawn } from "../drawn.ts";
import { focusLog } from "../focus.ts";
import type { BesideView } from "./beside.ts";
import { hindrance } from "./hindrance.ts";

/**
 * What keeps messages from going out, and what the customer can do about it; else that the conversation was closed. The announcer
 * says it aloud.
 */
export const Banner = drawn<{ readonly view: BesideView }>(({ view: { model, language } }) => {
  const matter = hindrance(model) ?? (model.desk.value.state === "closed" ? "closed" : null);
  const { say } = language.value;
  const phase = model.session.value;
  if (!matter) return null;
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
});
