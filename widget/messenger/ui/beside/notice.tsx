import { problemText } from "../../locales/problem-text.ts";
import type { SessionPhase } from "../../model/messenger-model.ts";
import { drawn } from "../drawn.ts";
import type { BesideView } from "./beside.ts";

interface NoticeProps {
  readonly view: BesideView;
  readonly phase: Extract<SessionPhase, { kind: "signInRequired" | "loggedOut" | "failed" }>;
}

/** Why there is no conversation, in its place, and what helps. Takes the focus, so that screen readers begin here. */
export const Notice = drawn<NoticeProps>(({ view: { model, language }, phase }) => {
  const { say } = language.value;
  const failed = phase.kind === "failed" ? phase : null;
  const helps = phase.kind === "failed" ? phase.retryable : phase.canSignIn;
  return (
    <section class="notice" aria-labelledby="title" aria-describedby="text" tabIndex={-1}>
      <h2 id="title">{say(`${phase.kind}Title`)}</h2>
      <p id="text">{phase.kind === "failed" ? problemText(language.value, phase.code) : say(phase.kind)}</p>
      {helps ? (
        <button
          type="button"
          class="button accent"
          onClick={() => (failed ? model.reconnect() : model.signIn())}
        >
          {say(failed ? "retry" : "signIn")}
        </button>
      ) : (
        failed && <p class="code">{say("code", { code: failed.code })}</p>
      )}
    </section>
  );
});
