import { drawn } from "../drawn.ts";
import type { BesideView } from "./beside.ts";

/** In the place of messages where there are none yet. */
export const Welcome = drawn<{ readonly view: BesideView }>(({ view }) => {
  const { say } = view.language.value;
  return (
    <div class="notice">
      <h2>{say("emptyTitle")}</h2>
      <p>{say("empty")}</p>
    </div>
  );
});
