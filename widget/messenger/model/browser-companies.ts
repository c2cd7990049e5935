/** The real browser behind `company.ts`. */

import { systemClock } from "../../../shared/clock.ts";
import { attempt } from "../attempt.ts";
import { indexedDbWords, wipeAllWords, wipeForgottenWords } from "../outbox/indexed-db.ts";
import { noWords } from "../outbox/no-words.ts";
import { type Companies, createCompanies } from "./company.ts";

/** @param device `shared`: nothing is kept, and what was kept before is wiped */
export function browserCompanies(device: "own" | "shared"): Companies {
  void (device === "shared" ? wipeAllWords() : wipeForgottenWords(systemClock));
  return createCompanies({
    words: device === "shared" ? noWords : indexedDbWords(systemClock),
    // Typed as always present; absent on plain http.
    locks: (navigator as Partial<Navigator>).locks,
    openChannel: () => attempt(() => new BroadcastChannel("vouch:tabs")),
    listen({ frozen, thawed }) {
      const over = new AbortController();
      // A page with a lock would not be frozen by some browsers, and would hold up the other tabs in others.
      for (const type of ["pagehide", "freeze"])
        addEventListener(type, frozen, { signal: over.signal, capture: true });
      for (const type of ["pageshow", "resume"])
        addEventListener(type, thawed, { signal: over.signal, capture: true });
      return () => over.abort();
    },
  });
}
