import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { ProblemError } from "../../shared/problem-error.ts";
import { startTestServer } from "./testing/test-server.ts";

test.each(["request", "frame"])("why a message can't be stored stands in the log (%s)", async (way) => {
  const server = await startTestServer({
    wrapStore: (store) => ({
      ...store,
      append: async () => {
        throw new ProblemError("unavailable", { cause: new Error("database or disk is full") });
      },
    }),
  });
  onTestFinished(() => server.close());
  const { sessionToken: token } = await server.signIn("ada");
  const message = { id: randomUUID(), text: "hello" };
  if (way === "request") {
    const answer = await server.fetch("/api/v1/conversation/messages", { token, json: message });
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain("disk");
  } else {
    const socket = await server.live(token);
    socket.send({ t: "send", ...message });
    expect(await socket.next("refused")).toMatchObject({ code: "unavailable" });
  }
  expect(server.logged.join("")).toContain("database or disk is full");
});
