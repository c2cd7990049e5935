import { drawn } from "../drawn.ts";
import type { BesideView } from "./beside.ts";

/** Who is writing now. Not announced: it comes and goes faster than it can be said. */
export const Typing = drawn<{ readonly view: BesideView }>(({ view: { model, language } }) => {
  const { say } = language.value;
  const names = model.typing.value;
  const [name] = names;
  return (
    names.length > 0 && (
      <p class="line typing">
        <span class="line bubble" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
        {names.length > 1 ? say("typingSeveral") : say("typing", { name: name ?? say("agent") })}
      </p>
    )
  );
});
