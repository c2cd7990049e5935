import { useEffect, useRef } from "preact/hooks";
import { Announcer } from "./announcer/announcer.tsx";
import { Composer } from "./composer/composer.tsx";
import { Log } from "./conversation/log.tsx";
import { recoverFocus } from "./focus.ts";
import { Header } from "./header.tsx";
import { Banner } from "./notices/banner.tsx";
import { Notice } from "./notices/notice.tsx";
import type { View } from "./view.ts";

/** Header, and below it the conversation or the reason why there is none. */
export function App({ view }: { readonly view: View }) {
  const phase = view.model.session.value;
  const contact = "contact" in phase ? phase.contact.id : null;
  const isOpen = view.model.panelOpen.value;
  // A screen passes from nobody to its first holder, who may have begun to write, and from a holder to no one else: their
  // elements go with them, and with the elements what a browser remembers of them (a field's undo history, scrolling).
  const screen = useRef({ holder: contact, key: 0 }).current;
  if (screen.holder !== contact) {
    if (screen.holder !== null) screen.key++;
    screen.holder = contact;
  }
  useEffect(() => {
    if (isOpen) recoverFocus();
  }, [isOpen, phase.kind, screen.key]);

  // One landmark, named: the page around the frame has its own, and its own header.
  return (
    <main aria-label={view.appearance.value.title}>
      <Header view={view} />
      {phase.kind === "signInRequired" || phase.kind === "loggedOut" || phase.kind === "failed" ? (
        <Notice view={view} phase={phase} />
      ) : (
        <div class="conversation" key={screen.key}>
          <Banner view={view} />
          <Log view={view} />
          <Announcer view={view} />
          <Composer view={view} />
        </div>
      )}
    </main>
  );
}
