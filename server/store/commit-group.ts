/**
 * Group commit: whatever is asked for in one turn of the event loop, or while the disk is busy with the group before, shares
 * one transaction and one wait for the disk. Each promise settles once its group is durable. A disk that takes 200 µs to sync
 * would otherwise allow 5,000 messages a second.
 */

import { ProblemError } from "../../shared/problem-error.ts";

export interface Transaction {
  begin(): void;
  /** Everybody sees it from now on; a power cut may take it still. */
  commit(): void;
  /** Undoes everything since `begin`, in the database and in memory. */
  rollback(): void;
  /** Settles once everything that was committed before the call is on the disk. Never called while one is under way. */
  sync(): Promise<void>;
}

export interface CommitGroup {
  /**
   * Runs `work` in this turn's transaction. It may run a second time, alone, where a neighbour made the transaction fail;
   * the promise rejects only where `work` fails by itself.
   */
  run<Result>(work: () => Result): Promise<Result>;
  /**
   * For what is cheaper done together: the items of one turn are handed to `work` at once, after everything that was asked
   * for with `run`. `work` answers them in their order.
   */
  collect<Item, Answer>(work: (items: readonly Item[]) => readonly Answer[]): (item: Item) => Promise<Answer>;
  /**
   * For whoever has just read: settles once everything that was committed before the call is durable, so that nobody is shown
   * what a power cut could take back. Rejects with `unavailable` where the disk failed.
   */
  durable(): Promise<void>;
  /** Commits what is waiting; refuses everything afterwards with `unavailable`. Settles once all of it is durable. */
  close(): Promise<void>;
}

/** Something to be done in a transaction, and whom to tell. */
interface Job {
  attempt(): void;
  succeed(): void;
  fail(error: unknown): void;
  /** The smallest parts that can be done apart from each other. */
  parts(): readonly Job[];
}

/**
 * A sync that fails refuses everything for good: nobody knows what of the group is on the disk, and to ask again would be
 * answered with a success that means nothing (Linux marks the pages clean). Whoever opens the store anew finds what there is.
 */
export function createCommitGroup(
  transaction: Transaction,
  /** Calls its argument at the end of this turn of the event loop: `setImmediate`. */
  atEndOfTurn: (flush: () => void) => void,
): CommitGroup {
  const collectors: (() => Job | null)[] = [];
  let jobs: Job[] = [];
  let state: "empty" | "due" | "syncing" = "empty";
  /** Of the newest group. */
  let synced = Promise.resolve();
  let refusal: ProblemError | null = null;

  function wake(): void {
    if (refusal) throw refusal;
    if (state === "empty") gather();
  }

  function gather(): void {
    state = "due";
    atEndOfTurn(flush);
  }

  function flush(): void {
    // Left over from a turn in which `close` came first.
    if (state === "syncing") return;
    const committed = commit(take());
    if (committed.length === 0) {
      state = "empty";
      return;
    }
    state = "syncing";
    synced = transaction.sync().then(
      () => {
        for (const job of committed) job.succeed();
        gather();
      },
      (cause) => {
        refusal = new ProblemError("unavailable", { cause });
        for (const job of [...committed, ...take()]) job.fail(refusal);
        throw refusal;
      },
    );
    // Whoever awaits `durable` is told.
    synced.catch(() => {});
  }

  function take(): readonly Job[] {
    const due = [...jobs, ...collectors.map((collected) => collected()).filter((job) => job !== null)];
    jobs = [];
    return due;
  }

  /** @returns what was committed: all of it, or without those that fail by themselves; they are told */
  function commit(due: readonly Job[]): readonly Job[] {
    if (due.length === 0) return [];
    const failure = attempt(due);
    if (!failure) return due;
    const parts = due.flatMap((job) => job.parts());
    return parts.filter((part) => {
      const alone = parts.length === 1 ? failure : attempt([part]);
      if (alone) part.fail(alone.error);
      return !alone;
    });
  }

  function attempt(due: readonly Job[]): { readonly error: unknown } | null {
    try {
      transaction.begin();
      try {
        for (const job of due) job.attempt();
        transaction.commit();
      } catch (error) {
        transaction.rollback();
        throw error;
      }
      return null;
    } catch (error) {
      return { error };
    }
  }

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        wake();
        jobs.push(single(work, resolve, reject));
      }),
    collect(work) {
      let waiting: Waiting<Parameters<typeof work>[0][number], ReturnType<typeof work>[number]>[] = [];
      collectors.push(() => {
        if (waiting.length === 0) return null;
        const items = waiting;
        waiting = [];
        return batch(work, items);
      });
      return (item) =>
        new Promise((resolve, reject) => {
          wake();
          waiting.push({ item, resolve, reject });
        });
    },
    durable: () => synced,
    async close() {
      refusal ??= new ProblemError("unavailable", { detail: "The store is closed." });
      await synced;
      flush();
      await synced;
    },
  };
}

function single<Result>(
  work: () => Result,
  resolve: (result: Result) => void,
  reject: (error: unknown) => void,
): Job {
  let succeed = () => {};
  const job: Job = {
    attempt() {
      const result = work();
      succeed = () => resolve(result);
    },
    succeed: () => succeed(),
    fail: reject,
    parts: () => [job],
  };
  return job;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

function batch<Item, Answer>(
  work: (items: readonly Item[]) => readonly Answer[],
  waiting: readonly Waiting<Item, Answer>[],
): Job {
  let answers: readonly Answer[] = [];
  return {
    attempt() {
      answers = work(waiting.map(({ item }) => item));
    },
    succeed() {
      answers.forEach((answer, index) => {
        waiting[index]?.resolve(answer);
      });
    },
    fail(error) {
      for (const { reject } of waiting) reject(error);
    },
    parts: () => waiting.map((one) => batch(work, [one])),
  };
}
