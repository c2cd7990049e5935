/** Bounds how many of something one address holds at once. */
export interface Places {
  /** @returns gives the place back, once however often it is called; null where the address has them all */
  take(address: string): (() => void) | null;
}

/** Addresses that hold nothing are forgotten, so the memory is bounded by what is held. */
export function createPlaces(perAddress: number): Places {
  const taken = new Map<string, number>();

  function giveBack(address: string): void {
    const left = (taken.get(address) ?? 0) - 1;
    if (left > 0) taken.set(address, left);
    else taken.delete(address);
  }

  return {
    take(address) {
      const count = taken.get(address) ?? 0;
      if (count >= perAddress) return null;
      taken.set(address, count + 1);
      let held = true;
      return () => {
        if (held) giveBack(address);
        held = false;
      };
    },
  };
}
