import type { View } from "../view.ts";

/** Who is writing now. Not announced: it comes and goes faster than it can be said. */
export function Typing({ view: { model, language } }: { readonly view: View }) {
  const [name, ...others] = model.typing.value;
  if (name === undefined) return null;
  const { say } = language.value;
  const text = others.length
    ? say("typingSeveral")
    : name === null
      ? say("typingUnnamed")
      : say("typingOne", { name });
  return (
    <p class="typing">
      <span class="dots bubble" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {text}
    </p>
  );
}
