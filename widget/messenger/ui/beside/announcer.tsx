import { effect, signal } from "@preact/signals-core";
import { Drawn } from "../drawn.ts";
import type { BesideView } from "./beside.ts";
import { createNews } from "./news.ts";

/**
 * The one live region of the messenger; the log's own is off, so that nothing is said twice. It goes with the conversation:
 * after a logout no word of it is left.
 */
export class Announcer extends Drawn<{ readonly view: BesideView }> {
  #text = signal("");
  #stop = () => {};

  override componentDidMount(): void {
    const { model, language, visible } = this.props.view;
    const news = createNews(model);
    this.#stop = effect(() => {
      const latest = news(language.value);
      if (latest && model.panelOpen.peek() && visible.peek()) this.#text.value = latest;
    });
  }

  override componentWillUnmount(): void {
    super.componentWillUnmount();
    this.#stop();
  }

  protected override draw() {
    return (
      <div class="hidden" role="status">
        {this.#text.value}
      </div>
    );
  }
}
