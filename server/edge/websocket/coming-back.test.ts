import { expect, test } from "vitest";
import { startTestServer } from "../testing/test-server.ts";

test("of many who come back at once those too many are told when to come, and the others are let in", async () => {
  const checkedAtOnce = 200;
  const gate = Promise.withResolvers<void>();
  let isSlow = false;
  const server = await startTestServer({
    limits: { unauthenticatedSocketsPerAddress: 1000 },
    wrapStore: (store) => ({
      ...store,
      async findSession(tokenHash) {
        if (isSlow) await gate.promise;
        return store.findSession(tokenHash);
      },
    }),
  });
  try {
    // A session has twenty sockets at most.
    const names = Array.from({ length: 15 }, (_, index) => `customer-${index}`);
    const customers = await Promise.all(names.map((name) => server.signIn(name)));
    const tokens = customers.map(({ sessionToken }) => sessionToken);
    isSlow = true;
    const sockets = Array.from({ length: checkedAtOnce + 50 }, (_, index) => {
      const socket = server.socket();
      socket.send({ t: "auth", token: tokens[index % tokens.length] });
      return {
        socket,
        ready: socket.next("ready").then(
          () => "ready",
          () => "later",
        ),
      };
    });
    const fates = sockets.map(({ ready }) => ready);
    // The surplus is answered while nobody else is.
    await expect.poll(() => sockets.filter(({ socket }) => socket.frames.length > 0)).toHaveLength(50);
    const sentAway = sockets.filter(({ socket }) => socket.frames.length > 0).map(({ socket }) => socket);
    const waits = sentAway.map(({ frames }) => frames[0]?.reconnectInMs);
    expect(sentAway.every(({ frames }) => frames[0]?.t === "draining")).toBe(true);
    expect(Math.min(...waits.map(Number))).toBeGreaterThan(900);
    expect(await Promise.all(sentAway.map(({ closed }) => closed))).toEqual(sentAway.map(() => 1013));

    gate.resolve();
    const outcomes = await Promise.all(fates);
    expect(outcomes.filter((outcome) => outcome === "ready")).toHaveLength(checkedAtOnce);
  } finally {
    gate.resolve();
    await server.close();
  }
});
