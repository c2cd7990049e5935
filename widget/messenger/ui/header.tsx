import { CloseIcon, VerifiedIcon } from "./icons.tsx";
import type { View } from "./view.ts";

/** Whom one talks to, as whom, and the way out. */
export function Header({ view: { model, appearance, language } }: { readonly view: View }) {
  const phase = model.session.value;
  const { say } = language.value;
  const signedIn = phase.kind === "expired" || (phase.kind === "open" && phase.verified) ? phase : null;
  const { title } = appearance.value;
  return (
    <header>
      <span class="mark accent" aria-hidden="true">
        {Array.from(title)[0]}
      </span>
      <div class="heading">
        <h1 dir="auto">{title}</h1>
        {signedIn && (
          <p class="who">
            <span class="name" dir="auto">
              {signedIn.contact.name ? say("signedInAs", { name: signedIn.contact.name }) : say("signedIn")}
            </span>
            {signedIn.kind === "open" && (
              <span class="verified" role="img" aria-label={say("verified")} title={say("verified")}>
                <VerifiedIcon />
              </span>
            )}
          </p>
        )}
      </div>
      <button
        type="button"
        class="round close"
        aria-label={say("close")}
        title={say("close")}
        onClick={() => model.close()}
      >
        <CloseIcon />
      </button>
    </header>
  );
}
