/** What every way of taking turns among tabs promises. */

import { expect, test, vi } from "vitest";
import type { Turns } from "./turns.ts";

/** Work that goes on until it is told to end. */
function work() {
  let finish: (value: string) => void = () => {};
  const run = vi.fn(
    (_waited: boolean) =>
      new Promise<string>((resolve) => {
        finish = resolve;
      }),
  );
  return { run, finish: (value: string) => finish(value) };
}

export interface Origin {
  /** One more tab of the page's origin. */
  openTab(): Turns;
  /** Lets this much time pass. */
  pass(timeMs: number): Promise<void>;
}

/** @param setUp a new browser */
export function turnsContract(setUp: () => Origin): void {
  const never = new AbortController().signal;

  test("who is alone works at once, is told so, and gets what the work gives", async () => {
    const { openTab, pass } = setUp();
    const { run, finish } = work();
    const taken = openTab().take("renewal", never, run);
    await pass(200);
    expect(run).toHaveBeenCalledExactlyOnceWith(false);
    finish("token");
    await expect(taken).resolves.toBe("token");
  });

  test("tabs work one after the other, and who had to wait is told so", async () => {
    const { openTab, pass } = setUp();
    const [first, second] = [work(), work()];
    const done = openTab().take("renewal", never, first.run);
    await pass(200);
    const waiting = openTab().take("renewal", never, second.run);
    await pass(1_000);
    expect(second.run).not.toHaveBeenCalled();
    first.finish("one");
    await done;
    await pass(400);
    expect(second.run).toHaveBeenCalledExactlyOnceWith(true);
    second.finish("two");
    await expect(waiting).resolves.toBe("two");
  });

  test("other names are other turns", async () => {
    const { openTab, pass } = setUp();
    const [first, second] = [work(), work()];
    void openTab().take("acme", never, first.run);
    void openTab().take("globex", never, second.run);
    await pass(200);
    expect(first.run).toHaveBeenCalled();
    expect(second.run).toHaveBeenCalled();
    first.finish("");
    second.finish("");
  });

  test("the turn ends with work that fails, too, and the failure is the work's own", async () => {
    const { openTab, pass } = setUp();
    const failure = new Error("The page is down.");
    const failed = openTab().take("renewal", never, () => Promise.reject(failure));
    const rejected = expect(failed).rejects.toBe(failure);
    await pass(200);
    await rejected;
    const { run, finish } = work();
    void openTab().take("renewal", never, run);
    await pass(200);
    expect(run).toHaveBeenCalledExactlyOnceWith(false);
    finish("");
  });

  test("who is told to wait no longer never works, and holds nobody up", async () => {
    const { openTab, pass } = setUp();
    const [first, second, third] = [work(), work(), work()];
    const done = openTab().take("renewal", never, first.run);
    await pass(200);
    const abort = new AbortController();
    const because = new Error("A later login() followed.");
    const rejected = expect(openTab().take("renewal", abort.signal, second.run)).rejects.toBe(because);
    await pass(200);
    abort.abort(because);
    await pass(400);
    await rejected;
    first.finish("");
    await done;
    void openTab().take("renewal", never, third.run);
    await pass(400);
    expect(second.run).not.toHaveBeenCalled();
    expect(third.run).toHaveBeenCalledOnce();
    third.finish("");
    const late = openTab().take("renewal", abort.signal, second.run);
    await expect(late).rejects.toBe(because);
  });

  test("a tab that never finishes holds another up for ten seconds", async () => {
    const { openTab, pass } = setUp();
    const [frozen, patient] = [work(), work()];
    const hanging = openTab().take("renewal", never, frozen.run);
    await pass(200);
    const taken = openTab().take("renewal", never, patient.run);
    await pass(8_000);
    expect(patient.run).not.toHaveBeenCalled();
    await pass(4_000);
    expect(patient.run).toHaveBeenCalledExactlyOnceWith(true);
    patient.finish("at last");
    await expect(taken).resolves.toBe("at last");
    frozen.finish("");
    await hanging;
  });
}
