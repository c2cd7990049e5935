import { useEffect, useState } from "preact/hooks";
import type { Clock } from "../../../../shared/clock.ts";
import { focusLog } from "../focus.ts";
import type { View } from "../view.ts";

/** What is the matter with the connection, while something is. The announcer says it aloud. */
export function LinkBanner({ view: { model, language, clock } }: { readonly view: View }) {
  const link = model.link.value;
  // Nothing connects while the sign-in is over: the composer says what to do about that.
  if (link.kind === "live" || model.session.value.kind !== "open") return null;
  const { say, count } = language.value;
  if (link.kind === "offline") return <p class="banner">{say("offline")}</p>;
  if (link.kind === "connecting") return <p class="banner brief">{say("connecting")}</p>;
  return (
    <p class="banner">
      <Countdown until={link.retryAt} clock={clock} text={(seconds) => count("retryIn", seconds)} />{" "}
      <button
        type="button"
        class="link"
        onClick={(event) => {
          focusLog(event.currentTarget);
          model.reconnect();
        }}
      >
        {say("tryNow")}
      </button>
    </p>
  );
}

interface CountdownProps {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly until: number;
  readonly clock: Clock;
  readonly text: (seconds: number) => string;
}

function Countdown({ until, clock, text }: CountdownProps) {
  const [now, setNow] = useState(clock.now());
  useEffect(() => {
    const tick = () => setNow(clock.now());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [until, clock]);
  return <span>{text(Math.max(1, Math.ceil((until - now) / 1000)))}</span>;
}
