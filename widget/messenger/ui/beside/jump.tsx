import { drawn } from "../drawn.ts";
import { icon } from "../icons.tsx";
import type { BesideView } from "./beside.ts";

const downIcon = icon("M10 4v12M5 11l5 5 5-5");

interface JumpProps {
  readonly view: BesideView;
  readonly onJump: () => void;
}

/** Back to the newest message, for someone who scrolled up; says how many came in meanwhile. */
export const Jump = drawn<JumpProps>(({ view: { model, language }, onJump }) => {
  const { say, tag } = language.value;
  const count = model.unread.value;
  const label = count ? `${say("jump")}, ${say("newMessages", { count })}` : say("jump");
  return (
    <button type="button" class="round jump" aria-label={label} onClick={onJump}>
      {downIcon()}
      {count > 0 && <span class="badge accent">{count.toLocaleString(tag)}</span>}
    </button>
  );
});
