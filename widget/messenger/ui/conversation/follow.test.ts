import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Follow } from "./follow.ts";

/** A log that scrolls as browsers do: never beyond its ends. */
function logOf(height: number, clientHeight = 100) {
  let top = 0;
  const end = () => Math.max(0, log.scrollHeight - log.clientHeight);
  const log = {
    scrollHeight: height,
    clientHeight,
    get scrollTop() {
      return Math.min(top, end());
    },
    set scrollTop(value: number) {
      top = Math.min(Math.max(0, value), end());
    },
  };
  return log;
}

describe("following", () => {
  it("stays at the newest message while its reader is there", () => {
    const log = logOf(500);
    const follow = new Follow(log);
    follow.changed(false);
    expect(log.scrollTop).toBe(400);
    log.scrollHeight = 560;
    follow.changed(false);
    expect(log.scrollTop).toBe(460);
  });

  it("leaves a reader who scrolled up where they are, until they come back", () => {
    const log = logOf(500);
    const follow = new Follow(log);
    follow.changed(false);
    log.scrollTop = 200;
    follow.scrolled();
    log.scrollHeight = 560;
    follow.changed(false);
    expect([log.scrollTop, follow.following]).toEqual([200, false]);
    log.scrollTop = 440;
    follow.scrolled();
    expect(follow.following).toBe(true);
  });

  it("stays there when the keyboard takes half of the screen", () => {
    const log = logOf(500);
    const follow = new Follow(log);
    follow.changed(false);
    log.clientHeight = 50;
    follow.changed(false);
    expect(log.scrollTop).toBe(450);
  });

  it("forgets nothing while its frame is hidden", () => {
    const log = logOf(500);
    const follow = new Follow(log);
    follow.changed(false);
    log.scrollTop = 100;
    follow.scrolled();
    Object.assign(log, { clientHeight: 0, scrollHeight: 0 });
    follow.scrolled();
    expect(follow.following).toBe(false);
  });
});

describe("older messages put in above", () => {
  it("move nothing under the reader's eyes, however high they are", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 5000 }), (top, added) => {
        const log = logOf(500);
        const follow = new Follow(log);
        follow.changed(false);
        log.scrollTop = top;
        follow.scrolled();
        log.scrollHeight += added;
        follow.changed(true);
        expect(log.scrollTop).toBe(top + added);
      }),
    );
  });
});
