import { drawn } from "./drawn.ts";
import { closeIcon } from "./icons.tsx";
import type { View } from "./view.ts";

/** Whom one talks to, as whom, and the way out. */
export const Header = drawn<{ readonly view: View }>(({ view }) => {
  const { model, appearance, language } = view;
  const beside = view.beside.value;
  const phase = model.session.value;
  const { say } = language.value;
  const { title } = appearance.value;
  // Not beside: nobody is to see words before knowing whose they are.
  const name = "contact" in phase && phase.contact.name;
  return (
    <header>
      <span class="mark accent" aria-hidden="true">
        {[...title][0]}
      </span>
      <div class="heading">
        <h1 dir="auto">{title}</h1>
        {name && (
          <p class="line">
            <span class="name" dir="auto">
              {say("signedInAs", { name })}
            </span>
          </p>
        )}
        {beside && <beside.Standing view={beside.view} />}
      </div>
      {phase.kind === "open" && beside && <beside.Account view={beside.view} verified={phase.verified} />}
      <button type="button" class="round" aria-label={say("close")} onClick={() => model.close()}>
        {closeIcon()}
      </button>
    </header>
  );
});
