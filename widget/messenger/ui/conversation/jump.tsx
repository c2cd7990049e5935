import { downIcon } from "../icons.tsx";
import type { View } from "../view.ts";

interface JumpProps {
  readonly view: View;
  readonly onJump: () => void;
}

/** Back to the newest message, for someone who scrolled up; says how many came in meanwhile. */
export function Jump({ view: { model, language }, onJump }: JumpProps) {
  const { say, tag } = language.value;
  const count = model.unread.value;
  const label = count ? `${say("jump")}, ${say("newMessages", { count })}` : say("jump");
  return (
    <button type="button" class="round jump" aria-label={label} onClick={onJump}>
      {downIcon}
      {count > 0 && <span class="badge accent">{count.toLocaleString(tag)}</span>}
    </button>
  );
}
