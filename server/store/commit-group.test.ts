import { describe, expect, it } from "vitest";
import { createCommitGroup } from "./commit-group.ts";

interface Options {
  readonly commitFails?: () => boolean;
  /** Default: at once. */
  readonly sync?: () => Promise<void>;
}

/** A transaction over a list: what is committed, and what is not yet. */
function setUp(options: Options = {}) {
  const log: string[] = [];
  const committed: string[] = [];
  let open: string[] = [];
  const turns: (() => void)[] = [];
  const group = createCommitGroup(
    {
      begin: () => {
        open = [];
        log.push("begin");
      },
      commit: () => {
        if (options.commitFails?.()) throw new Error("disk full");
        committed.push(...open);
        log.push("commit");
      },
      rollback: () => log.push("rollback"),
      sync: options.sync ?? (async () => {}),
    },
    (flush) => turns.push(flush),
  );
  return {
    group,
    log,
    committed,
    store: (value: string) => () => {
      open.push(value);
      return value;
    },
    endTurn: async () => {
      for (const flush of turns.splice(0)) flush();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe("A commit group", () => {
  it("commits everything of one turn in one transaction", async () => {
    const { group, log, store, committed, endTurn } = setUp();
    const all = Promise.all(["a", "b", "c"].map((value) => group.run(store(value))));
    await endTurn();
    expect(await all).toEqual(["a", "b", "c"]);
    expect(committed).toEqual(["a", "b", "c"]);
    expect(log).toEqual(["begin", "commit"]);
  });

  it("begins another for the next turn, and none for a turn without work", async () => {
    const { group, log, store, endTurn } = setUp();
    void group.run(store("a"));
    await endTurn();
    await endTurn();
    void group.run(store("b"));
    await endTurn();
    expect(log).toEqual(["begin", "commit", "begin", "commit"]);
  });

  it("settles no promise before the commit, and then in the order of asking", async () => {
    const settled: string[] = [];
    let settledBeforeCommit = false;
    const { group, store, endTurn } = setUp({
      commitFails: () => {
        settledBeforeCommit = settled.length > 0;
        return false;
      },
    });
    for (const value of ["a", "b", "c"]) void group.run(store(value)).then((result) => settled.push(result));
    await Promise.resolve();
    expect(settled).toEqual([]);
    await endTurn();
    expect(settledBeforeCommit).toBe(false);
    expect(settled).toEqual(["a", "b", "c"]);
  });

  it("keeps the neighbours of work that fails, and tells only who asked for it", async () => {
    const { group, store, committed, endTurn } = setUp();
    const fault = new Error("a fault of this one");
    const results = Promise.allSettled([
      group.run(store("a")),
      group.run(() => {
        throw fault;
      }),
      group.run(store("c")),
    ]);
    await endTurn();
    expect(await results).toEqual([
      { status: "fulfilled", value: "a" },
      { status: "rejected", reason: fault },
      { status: "fulfilled", value: "c" },
    ]);
    expect(committed).toEqual(["a", "c"]);
  });

  it("does not run failing work twice where it was alone", async () => {
    const { group, log, endTurn } = setUp();
    let runs = 0;
    const failed = expect(
      group.run(() => {
        runs += 1;
        throw new Error("fault");
      }),
    ).rejects.toThrow("fault");
    await endTurn();
    await failed;
    expect(runs).toBe(1);
    expect(log).toEqual(["begin", "rollback"]);
  });

  it("refuses everybody where the commit fails, and acknowledges nothing", async () => {
    const { group, store, committed, endTurn } = setUp({ commitFails: () => true });
    const results = Promise.allSettled([group.run(store("a")), group.run(store("b"))]);
    await endTurn();
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(committed).toEqual([]);
  });

  it("hands the collected items of a turn over at once, after the other work", async () => {
    const { group, store, committed, endTurn } = setUp();
    const append = group.collect((items: readonly string[]) => {
      store(items.join("+"))();
      return items.map((item) => item.toUpperCase());
    });
    const answers = Promise.all([append("a"), append("b")]);
    void group.run(store("first"));
    await endTurn();
    expect(await answers).toEqual(["A", "B"]);
    expect(committed).toEqual(["first", "a+b"]);
  });

  it("keeps the other collected items where one of them fails", async () => {
    const { group, store, committed, endTurn } = setUp();
    const append = group.collect((items: readonly string[]) => {
      if (items.includes("bad")) throw new Error("bad item");
      for (const item of items) store(item)();
      return items;
    });
    const results = Promise.allSettled([append("a"), append("bad"), append("c")]);
    await endTurn();
    expect((await results).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(committed).toEqual(["a", "c"]);
  });

  it("commits what is waiting when it is closed, and takes nothing afterwards", async () => {
    const { group, store, committed, endTurn } = setUp();
    const last = group.run(store("a"));
    await group.close();
    expect(await last).toBe("a");
    expect(committed).toEqual(["a"]);
    await expect(group.run(store("b"))).rejects.toMatchObject({ code: "unavailable" });
    await endTurn();
    expect(committed).toEqual(["a"]);
  });
});

/** A disk that is as slow, and as broken, as the test says. */
function slowDisk() {
  const waiting: PromiseWithResolvers<void>[] = [];
  return {
    sync: () => {
      const one = Promise.withResolvers<void>();
      waiting.push(one);
      return one.promise;
    },
    syncs: () => waiting.length,
    finish: () => waiting.at(-1)?.resolve(),
    fail: () => waiting.at(-1)?.reject(new Error("I/O error")),
  };
}

describe("A commit group on a slow disk", () => {
  /** Who was told, in which order. */
  function setUpSlow() {
    const disk = slowDisk();
    const told: string[] = [];
    const tell = (name: string, promise: Promise<unknown>) =>
      void promise.then(
        () => told.push(name),
        (error) => told.push(`${name}: ${error.code}`),
      );
    return { ...setUp({ sync: disk.sync }), disk, told, tell };
  }

  it("tells nobody before the sync is over", async () => {
    const { group, store, committed, endTurn, disk, told, tell } = setUpSlow();
    tell("a", group.run(store("a")));
    await endTurn();
    expect([committed, told]).toEqual([["a"], []]);
    disk.finish();
    await endTurn();
    expect(told).toEqual(["a"]);
  });

  it("commits what is asked for during the sync together, after it", async () => {
    const { group, store, log, endTurn, disk, told, tell } = setUpSlow();
    tell("a", group.run(store("a")));
    await endTurn();
    for (const value of ["b", "c"]) {
      tell(value, group.run(store(value)));
      await endTurn();
    }
    expect([log, disk.syncs()]).toEqual([["begin", "commit"], 1]);
    disk.finish();
    await endTurn();
    await endTurn();
    expect([log, disk.syncs(), told]).toEqual([["begin", "commit", "begin", "commit"], 2, ["a"]]);
    disk.finish();
    await endTurn();
    expect(told).toEqual(["a", "b", "c"]);
  });

  it("keeps whoever has read until what was committed before is durable", async () => {
    const { group, store, endTurn, disk, told, tell } = setUpSlow();
    await group.durable();
    void group.run(store("a"));
    await endTurn();
    tell("read", group.durable());
    await endTurn();
    expect(told).toEqual([]);
    disk.finish();
    await endTurn();
    expect(told).toEqual(["read"]);
  });

  it("refuses everybody for good once a sync has failed", async () => {
    const { group, store, committed, endTurn, disk, told, tell } = setUpSlow();
    tell("a", group.run(store("a")));
    await endTurn();
    tell("b", group.run(store("b")));
    tell("read", group.durable());
    disk.fail();
    await endTurn();
    tell("c", group.run(store("c")));
    tell("later read", group.durable());
    tell("close", group.close());
    await endTurn();
    expect(told.toSorted()).toEqual(
      ["a", "b", "c", "close", "later read", "read"].map((name) => `${name}: unavailable`),
    );
    expect(committed).toEqual(["a"]);
  });

  it("closes once everything is durable, what was asked for during the last sync included", async () => {
    const { group, store, committed, endTurn, disk, told, tell } = setUpSlow();
    tell("a", group.run(store("a")));
    await endTurn();
    tell("b", group.run(store("b")));
    tell("close", group.close());
    disk.finish();
    await endTurn();
    expect([committed, told]).toEqual([["a", "b"], ["a"]]);
    disk.finish();
    await endTurn();
    expect(told).toEqual(["a", "b", "close"]);
  });
});
