/** Bounds how many of something one address holds at once. */
export interface Places {
  /** @returns null where the address has them all */
  take(address: string): Place | null;
}

/** A class, since thousands of sockets hold two each: a function that knows what it gives back takes twice the room. */
export class Place {
  readonly #address: string;
  #taken: Map<string, number> | null;

  constructor(address: string, taken: Map<string, number>) {
    this.#address = address;
    this.#taken = taken;
  }

  /** Gives it back, once however often it is called. */
  leave(): void {
    const taken = this.#taken;
    this.#taken = null;
    const left = (taken?.get(this.#address) ?? 0) - 1;
    if (left > 0) taken?.set(this.#address, left);
    else taken?.delete(this.#address);
  }
}

/** Addresses that hold nothing are forgotten, so the memory is bounded by what is held. */
export function createPlaces(perAddress: number): Places {
  const taken = new Map<string, number>();

  return {
    take(address) {
      const count = taken.get(address) ?? 0;
      if (count >= perAddress) return null;
      taken.set(address, count + 1);
      return new Place(address, taken);
    },
  };
}
