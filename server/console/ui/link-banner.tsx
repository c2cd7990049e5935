import { useEffect, useState } from "preact/hooks";
import type { Clock } from "../../../shared/clock.ts";
import type { Desk } from "../model/desk.ts";

/** Says that the desk is not live, and when it tries again. Short interruptions pass unsaid. */
export function LinkBanner({ desk, clock }: { readonly desk: Desk; readonly clock: Clock }) {
  const link = desk.link.value;
  const waiting = link.kind === "waiting" && link.attempt > 0 ? link : null;
  const [, tick] = useState(0);
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => tick(clock.now()), 1000);
    return () => clearInterval(timer);
  }, [waiting, clock]);

  const retrying = link.kind === "connecting" && link.attempt > 1;
  if (!waiting && !retrying) return null;
  const seconds = waiting ? Math.max(1, Math.ceil((waiting.retryAt - clock.now()) / 1000)) : 0;
  return (
    <div class="banner" role="status">
      <span>The server can't be reached. What you write is kept.</span>
      {waiting ? (
        <>
          <span aria-hidden="true">Next attempt in {seconds} s</span>
          <button type="button" onClick={desk.wake}>
            Try now
          </button>
        </>
      ) : (
        <span>Connecting …</span>
      )}
    </div>
  );
}
