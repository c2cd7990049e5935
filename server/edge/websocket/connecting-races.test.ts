import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store } from "../../store/store.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

/** A store as far away as another machine: what it read can be old by the time the answer arrives. */
function distantStore() {
  /** Called with each answer of `findSession`; the answer arrives once the promise settles. */
  let delay: () => Promise<void> = async () => {};

  return {
    wrapStore: (store: Store): Store => ({
      ...store,
      async findSession(tokenHash) {
        const found = await store.findSession(tokenHash);
        await delay();
        return found;
      },
    }),
    /** Holds the answer to the nth look-up from now on; the others pass. */
    hold(nth: number): { readonly held: Promise<void>; release(): void } {
      const held = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      let count = 0;
      delay = async () => {
        if (++count !== nth) return;
        held.resolve();
        await released.promise;
      };
      return { held: held.promise, release: () => released.resolve() };
    },
  };
}

let server: TestServer;
let far: ReturnType<typeof distantStore>;
beforeEach(async () => {
  far = distantStore();
  server = await startTestServer({ wrapStore: far.wrapStore });
});
afterEach(() => server.close());

test.each([1, 2])("a logout while look-up %i of a connecting socket is under way closes it", async (nth) => {
  const { sessionToken } = await server.signIn("ada");
  const lookUp = far.hold(nth);
  const socket = server.socket();
  socket.send({ t: "auth", token: sessionToken });
  await lookUp.held;
  await server.fetch("/api/v1/session", { method: "DELETE", token: sessionToken });
  lookUp.release();
  expect(await socket.closed).toBe(4401);
});

test("a message that is stored while a socket connects is shown to it, though what was read does not have it", async () => {
  const { sessionToken } = await server.signIn("ada");
  const lookUp = far.hold(2);
  const socket = server.socket();
  socket.send({ t: "auth", token: sessionToken });
  await lookUp.held;
  const json = { id: randomUUID(), text: "meanwhile" };
  await server.fetch("/api/v1/conversation/messages", { token: sessionToken, json });
  lookUp.release();
  expect(await socket.next("ready")).toMatchObject({ lastSeq: 0 });
  expect(await socket.next("message")).toMatchObject({ message: { seq: 1, text: "meanwhile" } });
});
