import { signal } from "@preact/signals";
import { describe, expect, test, vi } from "vitest";
import { createDesk } from "../model/desk.ts";
import type { Report } from "../model/report.ts";
import { DeskError } from "../transport/desk-error.ts";
import { createFakeCompanion } from "../transport/fake-companion.ts";
import { createAccess } from "./access.ts";

function setUp() {
  const companion = createFakeCompanion();
  const keep = vi.fn();
  const control = createAccess(
    (token: string, report: Report) =>
      createDesk({
        token,
        report,
        api: companion.api,
        files: companion.files,
        openSocket: companion.openSocket,
        clock: { now: () => 0 },
        timers: { after: () => () => {} },
        random: () => 0,
        uuid: () => crypto.randomUUID(),
        visible: signal(true),
      }),
    keep,
  );
  return { companion, keep, control };
}

describe("access to the desk", () => {
  test("is kept with the token that was given", () => {
    const { keep, control } = setUp();
    control.signIn("good");
    expect(control.access.value.kind).toBe("signedIn");
    expect(keep).toHaveBeenCalledWith("good");
  });

  test.each([
    [4401, /token is not accepted/],
    [4403, /address/],
  ])(
    "ends with a reason where the socket is closed with %i, and the token is forgotten",
    async (code, reason) => {
      const { companion, keep, control } = setUp();
      control.signIn("wrong");
      companion.socket().open();
      companion.socket().drop(code);
      await vi.waitFor(() => expect(control.access.value.kind).toBe("signedOut"));
      expect(control.access.value).toMatchObject({ problem: expect.stringMatching(reason) });
      expect(keep).toHaveBeenLastCalledWith(null);
      expect(companion.sockets).toHaveLength(1);
    },
  );

  test("ends where a request is refused, and not where the network fails", async () => {
    const { companion, control } = setUp();
    control.signIn("good");
    companion.failWith = new DeskError("network", "The server can't be reached.");
    companion.socket().welcome();
    await vi.waitFor(() => expect(companion.calls).toContain("list open"));
    expect(control.access.value.kind).toBe("signedIn");
    companion.failWith = new DeskError("session_missing", "There is no session.", 401);
    companion.socket().welcome();
    await vi.waitFor(() => expect(control.access.value.kind).toBe("signedOut"));
  });

  test("ends with the socket closed when the agent signs out", () => {
    const { companion, control } = setUp();
    control.signIn("good");
    companion.socket().welcome();
    control.signOut();
    expect(companion.socket().closedWith).toBe(1000);
    expect(control.access.value).toEqual({ kind: "signedOut", problem: null });
  });
});
