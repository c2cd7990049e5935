import { Composer } from "./composer/composer.tsx";
import { Log } from "./conversation/log.tsx";
import { Drawn } from "./drawn.ts";
import { recoverFocus } from "./focus.ts";
import { Header } from "./header.tsx";
import type { View } from "./view.ts";

/** Header, and below it the conversation or the reason why there is none. */
export class App extends Drawn<{ readonly view: View }> {
  // A screen passes from nobody to its first holder, who may have begun to write, and from a holder to no one else: their
  // elements go with them, and with the elements what a browser remembers of them (a field's undo history, scrolling).
  #holder: string | null = null;
  #screen = 0;

  override componentDidMount(): void {
    this.componentDidUpdate();
  }

  override componentDidUpdate(): void {
    if (this.props.view.model.panelOpen.peek()) recoverFocus();
  }

  protected override draw({ view }: { readonly view: View }) {
    const { model, appearance } = view;
    const beside = view.beside.value;
    const phase = model.session.value;
    const contact = "contact" in phase ? phase.contact.id : null;
    if (this.#holder !== contact) {
      const isSame = phase.kind === "open" && phase.steppedUpFrom === this.#holder;
      if (this.#holder !== null && !isSame) this.#screen++;
      this.#holder = contact;
    }
    // One landmark, named: the page around the frame has its own, and its own header.
    return (
      <main aria-label={appearance.value.title}>
        <Header view={view} />
        {phase.kind === "signInRequired" || phase.kind === "loggedOut" || phase.kind === "failed" ? (
          beside && <beside.Notice view={beside.view} phase={phase} />
        ) : (
          <div class="conversation" key={this.#screen}>
            <Log view={view} />
            {beside && <beside.Announcer view={beside.view} />}
            {/* By the composer: it says what becomes of what is written there. */}
            {beside && <beside.Banner view={beside.view} />}
            <Composer view={view} />
          </div>
        )}
      </main>
    );
  }
}
