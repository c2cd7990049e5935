/**
 * Components that are drawn again when a property, or a signal that they read, has changed: what `@preact/signals` and
 * `preact/hooks` are for, as far as it is needed here, in a tenth of their bytes.
 */

import { effect } from "@preact/signals-core";
import { Component, type ComponentChildren } from "preact";

export abstract class Drawn<Props extends object> extends Component<Props> {
  #forget = () => {};

  protected abstract draw(props: Props): ComponentChildren;

  override shouldComponentUpdate(next: Props): boolean {
    const before: Partial<Props> = this.props;
    return (Object.keys({ ...before, ...next }) as (keyof Props)[]).some(
      (name) => next[name] !== before[name],
    );
  }

  override componentWillUnmount(): void {
    this.#forget();
  }

  override render(): ComponentChildren {
    let isFirst = true;
    let children: ComponentChildren;
    this.#forget();
    this.#forget = effect(() => {
      // The first run draws, and notes what was read; when some of that changes, another drawing takes its place.
      if (isFirst) children = this.draw(this.props);
      else this.forceUpdate();
      isFirst = false;
    });
    return children;
  }
}

/** A component that has nothing but its drawing. */
export const drawn = <Props extends object>(draw: (props: Props) => ComponentChildren) =>
  class extends Drawn<Props> {
    protected override draw = draw;
  };
