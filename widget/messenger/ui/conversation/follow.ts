/** The part of a scrolling element that following needs. */
export interface ScrollBox {
  scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
}

/** How near to the end still counts as its being in view, in CSS pixels. */
const slack = 48;

/**
 * Keeps a log where its reader wants it: at the newest message while they are there, and unmoved otherwise, also when
 * older messages are put in above. (Not every browser anchors scrolling by itself; the style sheet switches it off in the
 * others.)
 */
export class Follow {
  readonly #box: ScrollBox;
  #following = true;
  /** From the top edge of what is visible to the end of all there is. It survives changes above. */
  #fromEnd = 0;

  constructor(box: ScrollBox) {
    this.#box = box;
  }

  get following(): boolean {
    return this.#following;
  }

  /** Whether less than another screenful is left above. */
  get nearStart(): boolean {
    return this.#box.scrollTop < this.#box.clientHeight;
  }

  /** The reader scrolled. */
  scrolled(): void {
    // A hidden frame has no height, and says nothing about where its reader was.
    if (this.#box.clientHeight === 0) return;
    this.#fromEnd = this.#box.scrollHeight - this.#box.scrollTop;
    this.#following = this.#fromEnd - this.#box.clientHeight < slack;
  }

  /** Rows changed, or the element's size. @param olderAdded whether rows were put in above */
  changed(olderAdded: boolean): void {
    if (this.#following) this.#box.scrollTop = this.#box.scrollHeight;
    else if (olderAdded) this.#box.scrollTop = this.#box.scrollHeight - this.#fromEnd;
    this.#fromEnd = this.#box.scrollHeight - this.#box.scrollTop;
  }

  /** Goes to the newest message and stays there. */
  toNewest(): void {
    this.#following = true;
    this.changed(false);
  }

  /** Goes to a place above the newest message: the start of what is new, `top` CSS pixels from the log's beginning. */
  to(top: number): void {
    this.#box.scrollTop = top;
    this.scrolled();
  }
}
