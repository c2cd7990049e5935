/** Things that happen at their time, the earliest first: a binary heap. */
export interface Timeline<Event> {
  add(at: number, event: Event): void;
  /** null: nothing is to come. */
  next(): { readonly at: number; readonly event: Event } | null;
}

export function createTimeline<Event>(): Timeline<Event> {
  const heap: { at: number; event: Event }[] = [];
  const before = (one: number, other: number): boolean =>
    (heap[one]?.at ?? Number.POSITIVE_INFINITY) < (heap[other]?.at ?? Number.POSITIVE_INFINITY);

  function swap(one: number, other: number): void {
    const [a, b] = [heap[one], heap[other]];
    if (a && b) [heap[one], heap[other]] = [b, a];
  }

  return {
    add(at, event) {
      let place = heap.push({ at, event }) - 1;
      while (place > 0 && before(place, (place - 1) >> 1)) {
        swap(place, (place - 1) >> 1);
        place = (place - 1) >> 1;
      }
    },
    next() {
      const first = heap[0];
      const last = heap.pop();
      if (!first || !last) return null;
      if (heap.length > 0) {
        heap[0] = last;
        for (let place = 0; ; ) {
          const left = 2 * place + 1;
          const least = before(left + 1, left) ? left + 1 : left;
          if (!before(least, place)) break;
          swap(place, least);
          place = least;
        }
      }
      return first;
    },
  };
}
