import { drawn } from "./drawn.ts";
import { closeIcon, verifiedIcon } from "./icons.tsx";
import type { View } from "./view.ts";

/** Whom one talks to, as whom, and the way out. */
export const Header = drawn<{ readonly view: View }>(({ view }) => {
  const { model, appearance, language } = view;
  const beside = view.beside.value;
  const phase = model.session.value;
  const { say } = language.value;
  const { title } = appearance.value;
  const isVerified = phase.kind === "open" && phase.verified;
  const signedIn = isVerified || phase.kind === "expired" ? phase.contact : null;
  return (
    <header>
      <span class="mark accent" aria-hidden="true">
        {[...title][0]}
      </span>
      <div class="heading">
        <h1 dir="auto">{title}</h1>
        {signedIn && (
          <p class="line">
            <span class="name" dir="auto">
              {signedIn.name ? say("signedInAs", { name: signedIn.name }) : say("signedIn")}
            </span>
            {isVerified && (
              <span class="verified" role="img" title={say("verified")}>
                {verifiedIcon()}
              </span>
            )}
          </p>
        )}
        {beside && <beside.Attendance view={beside.view} />}
      </div>
      {phase.kind === "open" && beside && <beside.Account view={beside.view} verified={isVerified} />}
      <button type="button" class="round" aria-label={say("close")} onClick={() => model.close()}>
        {closeIcon()}
      </button>
    </header>
  );
});
