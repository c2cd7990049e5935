import { signal } from "@preact/signals-core";
import type { SessionSummary } from "../../../../shared/protocol.ts";
import { Drawn } from "../drawn.ts";
import { closeIcon } from "../icons.tsx";
import type { View } from "../view.ts";
import { type AccountLanguage, openDialog } from "./dialog.tsx";

type List =
  | { readonly kind: "loading" }
  | { readonly kind: "failed" }
  | { readonly kind: "here"; readonly sessions: readonly SessionSummary[] };

interface SessionsProps {
  readonly view: View;
  readonly language: AccountLanguage;
  readonly close: () => void;
}

/** Where the customer is signed in, and the way out of each. */
export function showSessions(view: View): void {
  const { model } = view;
  const phase = model.session.peek();
  const holder = phase.kind === "open" ? phase.contact.id : null;
  openDialog({
    view,
    role: "dialog",
    isCurrent() {
      const { value } = model.session;
      return model.panelOpen.value && value.kind === "open" && value.contact.id === holder;
    },
    cancelled: (close) => close(),
    content: (language, close) => <Sessions view={view} language={language} close={close} />,
  });
}

const dateOf = (at: string, tag: string): string =>
  new Date(at).toLocaleString(tag, { dateStyle: "medium", timeStyle: "short" });

class Sessions extends Drawn<SessionsProps> {
  #list = signal<List>({ kind: "loading" });
  /** What has just been done, for everyone to read and hear. */
  #said = signal("");

  override componentDidMount(): void {
    void this.#load();
  }

  #load = async (): Promise<void> => {
    this.#list.value = { kind: "loading" };
    const answer = (await this.props.view.model.request("/sessions")) as {
      readonly sessions: readonly SessionSummary[];
    } | null;
    this.#list.value = answer
      ? { kind: "here", sessions: answer.sessions.toSorted((a, b) => Number(b.current) - Number(a.current)) }
      : { kind: "failed" };
  };

  async #end(path: string, ids: readonly string[], said: string): Promise<void> {
    const { view, language } = this.props;
    // The button goes away with its row, or with its list.
    document.querySelector<HTMLElement>(".sheet")?.focus();
    const isDone = await view.model.request(path, { method: "DELETE" });
    this.#said.value = isDone ? said : language.say("sessionsFailed");
    const list = this.#list.peek();
    if (isDone && list.kind === "here")
      this.#list.value = { ...list, sessions: list.sessions.filter(({ id }) => !ids.includes(id)) };
  }

  protected override draw({ language, close }: SessionsProps) {
    const { say, tag } = language;
    const found = this.#list.value;
    const others = found.kind === "here" ? found.sessions.filter(({ current }) => !current) : [];
    return (
      <section class="sheet whole" tabIndex={-1}>
        <div class="bar">
          <h2 id="dialog-title">{say("sessionsTitle")}</h2>
          <button type="button" class="round" aria-label={say("sessionsClose")} onClick={close}>
            {closeIcon()}
          </button>
        </div>
        {found.kind === "here" && (
          <ul>
            {found.sessions.map(({ id, device, createdAt, current }) => (
              <li key={id}>
                <div>
                  <p class="device" dir="auto">
                    {device}
                  </p>
                  <p class="line">
                    {current ? say("thisDevice") : say("signedInSince", { date: dateOf(createdAt, tag) })}
                  </p>
                </div>
                {!current && (
                  <button
                    type="button"
                    class="button"
                    aria-label={say("signOutOf", { device })}
                    onClick={() => this.#end(`/sessions/${id}`, [id], say("signedOut", { device }))}
                  >
                    {say("signOut")}
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
        {/* Always there: what a screen reader is to be told must stand in an element that it knows. */}
        <p id="dialog-text" class="line" role="status">
          {this.#said.value ||
            (found.kind === "loading"
              ? say("sessionsLoading")
              : found.kind === "failed"
                ? say("sessionsFailed")
                : others.length === 0 && say("sessionsOnly"))}
        </p>
        {found.kind === "failed" && (
          <button type="button" class="button" onClick={this.#load}>
            {say("sessionsRetry")}
          </button>
        )}
        {others.length > 1 && (
          <button
            type="button"
            class="button all"
            onClick={() =>
              this.#end(
                "/sessions?others=true",
                others.map(({ id }) => id),
                say("signedOutOthers"),
              )
            }
          >
            {say("signOutOthers")}
          </button>
        )}
      </section>
    );
  }
}
