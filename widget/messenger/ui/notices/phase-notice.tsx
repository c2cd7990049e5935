import { problemText } from "../../locales/problem-text.ts";
import type { SessionPhase } from "../../model/messenger-model.ts";
import type { View } from "../view.ts";
import { Notice } from "./notice.tsx";

/** Why there is no conversation on the screen. */
type QuietPhase = Extract<SessionPhase, { kind: "signInRequired" | "loggedOut" | "failed" }>;

interface PhaseNoticeProps {
  readonly view: View;
  readonly phase: QuietPhase;
}

export function PhaseNotice({ view: { model, language }, phase }: PhaseNoticeProps) {
  const { say } = language.value;
  if (phase.kind === "failed")
    return (
      <Notice title={say("failedTitle")} text={problemText(language.value, phase.code)}>
        {phase.retryable ? (
          <button type="button" class="button accent" onClick={() => model.reconnect()}>
            {say("retry")}
          </button>
        ) : (
          <p class="code">{say("code", { code: phase.code })}</p>
        )}
      </Notice>
    );
  const [title, text] =
    phase.kind === "loggedOut"
      ? [say("loggedOutTitle"), say("loggedOut")]
      : [say("signInRequiredTitle"), say("signInRequired")];
  return (
    <Notice title={title} text={text}>
      {phase.canSignIn && (
        <button type="button" class="button accent" onClick={() => model.signIn()}>
          {say("signIn")}
        </button>
      )}
    </Notice>
  );
}
