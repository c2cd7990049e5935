import { DownIcon } from "../icons.tsx";
import type { View } from "../view.ts";

interface JumpProps {
  readonly view: View;
  readonly onJump: () => void;
}

/** Back to the newest message, for someone who scrolled up; says how many came in meanwhile. */
export function Jump({ view: { model, language }, onJump }: JumpProps) {
  const { say, count, tag } = language.value;
  const unread = model.unread.value;
  const label = unread > 0 ? `${say("jump")}, ${count("newMessages", unread)}` : say("jump");
  return (
    <button type="button" class="round jump" aria-label={label} onClick={onJump}>
      <DownIcon />
      {unread > 0 && <span class="badge accent">{unread.toLocaleString(tag)}</span>}
    </button>
  );
}
