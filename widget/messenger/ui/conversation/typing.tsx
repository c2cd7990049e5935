import type { View } from "../view.ts";

/** Who is writing now. Not announced: it comes and goes faster than it can be said. */
export function Typing({ view: { model, language } }: { readonly view: View }) {
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
}
