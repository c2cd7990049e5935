import type { View } from "../view.ts";

/** Above the composer while the sign-in is over: what one writes is kept, and how it gets on its way. */
export function ExpiredNotice({ view: { model, language } }: { readonly view: View }) {
  const phase = model.session.value;
  if (phase.kind !== "expired") return null;
  const { say } = language.value;
  return (
    <div class="banner">
      <p>{say("waitsForSignIn")}</p>
      {phase.canSignIn && (
        <button type="button" class="button" onClick={() => model.signIn()}>
          {say("signIn")}
        </button>
      )}
    </div>
  );
}
