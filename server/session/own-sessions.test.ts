import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { minute, startSessions } from "./testing.ts";

type World = Awaited<ReturnType<typeof startSessions>>;

describe("A customer's own sessions", () => {
  let world: World;
  beforeEach(async () => {
    world = await startSessions();
  });
  afterEach(() => world.store.close());

  const contactJwt = async (sub: string, claims = {}) =>
    ({ type: "contactJwt", token: await world.sign(sub, "strict", claims) }) as const;
  async function signIn(sub = "ada") {
    const opened = await world.open(await contactJwt(sub));
    return (await world.sessions.authenticate(opened.sessionToken)).session;
  }

  it("are listed newest first, the one that asks among them", async () => {
    const first = await signIn();
    world.pass(minute);
    const second = await signIn();
    await signIn("bob");
    expect(await world.sessions.list(first)).toEqual([
      {
        id: second.id,
        device: "Firefox on Linux",
        createdAt: "2026-11-21T09:31:00.000Z",
        expiresAt: "2026-11-21T10:01:00.000Z",
        current: false,
      },
      {
        id: first.id,
        device: "Firefox on Linux",
        createdAt: "2026-11-21T09:30:00.000Z",
        expiresAt: "2026-11-21T10:00:00.000Z",
        current: true,
      },
    ]);
  });

  it("are listed with what was done in them just now, and not once they have expired", async () => {
    const here = await signIn();
    await signIn();
    world.pass(29 * minute);
    world.sessions.touch(here);
    await new Promise(setImmediate);
    // Of this the store does not hear.
    world.pass(59_000);
    world.sessions.touch(here);
    world.pass(30 * minute - 1);
    const listed = await world.sessions.list(here);
    expect(listed.map(({ id }) => id)).toEqual([here.id]);
    world.pass(1);
    expect(await world.sessions.list(here)).toEqual([]);
  });

  it("end one by one: its sockets are told, its token is refused; nobody else's can be ended", async () => {
    const [here, there, bob] = [await signIn(), await signIn(), await signIn("bob")];
    const told: string[] = [];
    for (const { id } of [here, there, bob])
      world.bus.subscribe(`session:${id}`, ({ sessionId }) => told.push(sessionId));
    await world.sessions.endOwn(here, there.id);
    for (const id of [bob.id, there.id, "never was"])
      await expect(world.sessions.endOwn(here, id)).rejects.toMatchObject({
        code: "not_found",
        message: "You have no such session, or it is over.",
      });
    expect(told).toEqual([there.id]);
    expect((await world.sessions.list(here)).map(({ id }) => id)).toEqual([here.id]);
  });

  it("end all but one, and the identity tokens that opened them with them", async () => {
    const identity = await contactJwt("ada", { jti: "there" });
    const there = await world.open(identity);
    const here = await signIn();
    await world.sessions.endSelected({ by: "others", sessionId: here.id, contactId: here.contactId });
    await expect(world.sessions.authenticate(there.sessionToken)).rejects.toMatchObject({
      code: "session_revoked",
    });
    await expect(world.open(identity)).rejects.toMatchObject({ code: "token_revoked" });
    expect(await world.sessions.list(here)).toHaveLength(1);
  });
});
