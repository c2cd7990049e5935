/** Entry of the third file of the loader: what `questions.ts` needs of the browser. */

import type { AuthProvider } from "../auth-provider.ts";
import { createLeaseTurns } from "./lease.ts";
import { createQuestions, type Questions } from "./questions.ts";
import { createTabs } from "./tabs.ts";
import { createLockTurns } from "./turns.ts";

export interface PageQuestionsOptions {
  /** The companion's. */
  readonly origin: string;
  readonly deploymentId: string;
  readonly provider: () => AuthProvider | null;
  readonly variables: () => unknown;
}

/** Bump it with every change of what the tabs say to each other: a tab keeps its version for as long as it is open. */
const version = 1;

export function createPageQuestions(options: PageQuestionsOptions): Questions {
  const { origin, deploymentId } = options;
  // Not on plain http, where browsers have none.
  const locks: LockManager | undefined = navigator.locks;
  const turns = locks
    ? createLockTurns(locks)
    : createLeaseTurns(
        () => localStorage,
        () => Math.random(),
      );
  return createQuestions({
    ...options,
    tabs: createTabs(`vouch:${version}:${origin}/${deploymentId}`, turns, openChannel),
    pageAgeMs: () => performance.now(),
    navigate: (url) => location.assign(url),
  });
}

function openChannel(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name);
  } catch {
    // A browser that has none, or whose privacy settings refuse it to this page.
    return null;
  }
}
