import { Drawn } from "../drawn.ts";
import { focusLog } from "../focus.ts";
import type { View } from "../view.ts";
import { createAttendant } from "./attend-log.ts";
import { Message } from "./message.tsx";
import { layOut } from "./rows.ts";

/** What scrolls must be reachable by keyboard (WCAG 2.1.1). */
const scrollable = { tabIndex: 0 };

/** All messages that are here, in order, and the way to older ones. */
export class Log extends Drawn<{ readonly view: View }> {
  #attendant = createAttendant(this.props.view);
  #jump = () => {
    focusLog();
    this.#attendant.toNewest();
  };

  override componentDidMount(): void {
    this.#attendant.settle();
  }

  override componentDidUpdate(): void {
    this.#attendant.settle();
  }

  override componentWillUnmount(): void {
    super.componentWillUnmount();
    this.#attendant.dispose();
  }

  protected override draw({ view }: { readonly view: View }) {
    const { model, language, visible, clock } = view;
    const { say, day } = language.value;
    const beside = view.beside.value;
    const attendant = this.#attendant;
    const thread = model.thread.value;
    const rows = layOut(thread, attendant.newAfter.value);
    const { kind } = model.session.value;
    const isComing = kind === "idle" || kind === "opening" || thread.lastSeq > 0;
    // Told anew whenever the document comes back on the screen: it may be another day.
    const now = visible.value ? clock.now() : 0;

    return (
      <div class="stage">
        <div
          ref={attendant.attach}
          class="log"
          role="log"
          aria-live="off"
          aria-label={say("conversation")}
          {...scrollable}
          onScroll={attendant.scrolled}
        >
          <div class="rows">
            {/* Keeps its height, so that nothing moves when loading begins. */}
            {thread.hasOlder && <p class="line older">{thread.loadingOlder && say("loadingOlder")}</p>}
            {rows.map((row) => (
              <Message key={row.id} view={view} {...row} day={row.newDay && day(row.at, now)} />
            ))}
            {rows.length > 0 ? null : isComing ? (
              <div class="skeleton" role="status">
                <span class="hidden">{say("opening")}</span>
                <i />
                <i />
                <i />
              </div>
            ) : (
              beside && <beside.Welcome view={beside.view} />
            )}
            {beside && <beside.Typing view={beside.view} />}
          </div>
        </div>
        {beside && attendant.place.value === "above" && (
          <beside.Jump view={beside.view} onJump={this.#jump} />
        )}
      </div>
    );
  }
}
