import { useEffect, useMemo } from "preact/hooks";
import { Announcer } from "../announcer/announcer.tsx";
import { Composer } from "../composer/composer.tsx";
import { ExpiredNotice } from "../composer/expired-notice.tsx";
import { LinkBanner } from "../notices/link-banner.tsx";
import type { View } from "../view.ts";
import { Log } from "./log.tsx";
import { createReading } from "./reading.ts";
import { Skeleton } from "./skeleton.tsx";

/** One customer's conversation, from the moment its session is being opened. */
export function Conversation({ view }: { readonly view: View }) {
  const { model, visible } = view;
  const reading = useMemo(() => createReading(model, visible), [model, visible]);
  useEffect(() => reading.dispose, [reading]);
  const { kind } = model.session.value;
  const opening = kind === "idle" || kind === "opening";
  return (
    <>
      <LinkBanner view={view} />
      {opening ? <Skeleton view={view} /> : <Log view={view} reading={reading} />}
      {!opening && <Announcer view={view} />}
      <ExpiredNotice view={view} />
      <Composer view={view} onSent={reading.replied} />
    </>
  );
}
