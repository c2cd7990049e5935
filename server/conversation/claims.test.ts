import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ProblemError } from "../../shared/problem-error.ts";
import type { Attachment } from "../../shared/protocol.ts";
import { createClaims } from "./claims.ts";
import type { OutgoingMessage } from "./conversations.ts";

const message = (more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  conversationId: "c",
  author: { kind: "contact", name: "Ada" },
  verified: true,
  sessionId: null,
  id: randomUUID(),
  text: "Hello",
  ...more,
});

describe("What is said after a message with attachments", () => {
  const file: Attachment = { id: "a", name: "a.txt", type: "text/plain", size: 1 };

  /** Claims that are answered by hand, and what went on in which order. */
  function stage() {
    const pending = new Map<string, ReturnType<typeof Promise.withResolvers<readonly Attachment[]>>>();
    const order: string[] = [];
    const claims = createClaims({
      claim: ({ ids }) => {
        const answer = Promise.withResolvers<readonly Attachment[]>();
        pending.set(ids.join(), answer);
        return answer.promise;
      },
    });
    const send = async (text: string, more: Partial<OutgoingMessage> = {}) => {
      const claimed = claims.before(message({ text, ...more }));
      try {
        const attachments = claimed ? await claimed : [];
        order.push(`${text} with ${attachments.length}`);
      } catch {
        order.push(`${text} refused`);
      }
    };
    return { claims, pending, order, send };
  }

  it("waits for the claim, and for nothing once it is there", async () => {
    const { claims, pending, order, send } = stage();
    const sent = [send("one", { attachments: ["a"] }), send("two"), send("three", { attachments: ["b"] })];
    pending.get("b")?.resolve([file]);
    pending.get("a")?.resolve([file]);
    await Promise.all(sent);
    expect(order).toEqual(["one with 1", "two with 0", "three with 1"]);
    await new Promise(setImmediate);
    expect(claims.before(message())).toBeNull();
  });

  it("goes on where the claim is refused", async () => {
    const { pending, order, send } = stage();
    const sent = [send("one", { attachments: ["a"] }), send("two")];
    pending.get("a")?.reject(new ProblemError("attachment_refused"));
    await Promise.all(sent);
    expect(order).toEqual(["one refused", "two with 0"]);
  });

  it("does not wait in another conversation", async () => {
    const { order, send } = stage();
    void send("one", { attachments: ["a"] });
    await send("two", { conversationId: "d" });
    expect(order).toEqual(["two with 0"]);
  });
});
