/** What every bus does; the suite that each runs. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Bus, ConversationEvent } from "./bus.ts";

const typing = (name: string): ConversationEvent => ({
  kind: "typing",
  conversationId: "c1",
  by: "agent",
  name,
  on: true,
});

/** @param open makes a bus; `report` is told what its listeners throw */
export function busContract(name: string, open: (report: (error: unknown) => void) => Promise<Bus>): void {
  describe(`${name}: a bus`, () => {
    let bus: Bus;
    const report = vi.fn();

    beforeEach(async () => {
      report.mockReset();
      bus = await open(report);
    });
    afterEach(() => bus.close());

    it("brings an event to every listener of its topic, and to no other", async () => {
      const first = vi.fn();
      const second = vi.fn();
      const other = vi.fn();
      bus.subscribe("conversation:c1", first);
      bus.subscribe("conversation:c1", second);
      bus.subscribe("conversation:c2", other);
      bus.publish("conversation:c1", typing("Ann"));
      await vi.waitFor(() => expect(second).toHaveBeenCalledWith(typing("Ann")));
      expect(first).toHaveBeenCalledWith(typing("Ann"));
      expect(other).not.toHaveBeenCalled();
    });

    it("brings an event to an object as well, until its subscription has ended", async () => {
      const object = { handleEvent: vi.fn() };
      const kept = vi.fn();
      const subscription = bus.subscribe("conversation:c1", object);
      bus.publish("conversation:c1", typing("Ann"));
      await vi.waitFor(() => expect(object.handleEvent).toHaveBeenCalledWith(typing("Ann")));
      bus.subscribe("conversation:c1", kept);
      subscription.end();
      bus.publish("conversation:c1", typing("Bob"));
      await vi.waitFor(() => expect(kept).toHaveBeenCalledWith(typing("Bob")));
      expect(object.handleEvent).toHaveBeenCalledOnce();
    });

    it("keeps the order of one publisher", async () => {
      const seen: unknown[] = [];
      bus.subscribe("conversations", (event) => seen.push(event));
      for (const name of ["a", "b", "c"]) bus.publish("conversations", typing(name));
      await vi.waitFor(() => expect(seen).toEqual(["a", "b", "c"].map(typing)));
    });

    it("brings nothing any more once the subscription has ended, and ends it twice without harm", async () => {
      const ended = vi.fn();
      const kept = vi.fn();
      const subscription = bus.subscribe("session:s1", ended);
      bus.subscribe("session:s1", kept);
      subscription.end();
      subscription.end();
      bus.publish("session:s1", { kind: "ended", sessionId: "s1" });
      await vi.waitFor(() => expect(kept).toHaveBeenCalledOnce());
      expect(ended).not.toHaveBeenCalled();
    });

    it("counts two subscriptions of one function as two", async () => {
      const listener = vi.fn();
      const subscription = bus.subscribe("session:s1", listener);
      bus.subscribe("session:s1", listener);
      subscription.end();
      bus.publish("session:s1", { kind: "ended", sessionId: "s1" });
      await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce());
    });

    it("calls the other listeners where one throws, and reports it", async () => {
      const error = new Error("a listener's fault");
      const other = vi.fn();
      bus.subscribe("conversations", () => {
        throw error;
      });
      bus.subscribe("conversations", other);
      bus.publish("conversations", typing("Ann"));
      await vi.waitFor(() => expect(other).toHaveBeenCalledOnce());
      expect(report).toHaveBeenCalledWith(error);
    });

    it("lets a listener end its own subscription and another's while it is called", async () => {
      const last = vi.fn();
      const victim = vi.fn();
      const own = bus.subscribe("conversations", () => {
        own.end();
        doomed.end();
      });
      const doomed = bus.subscribe("conversations", victim);
      bus.subscribe("conversations", last);
      bus.publish("conversations", typing("Ann"));
      await vi.waitFor(() => expect(last).toHaveBeenCalledOnce());
      expect(victim).not.toHaveBeenCalled();
    });

    it("delivers what was found in the store, and knows who listens to what", async () => {
      const listener = vi.fn();
      const subscription = bus.subscribe("conversation:c1", listener);
      bus.subscribe("conversations", listener);
      expect(bus.topics().toSorted()).toEqual(["conversation:c1", "conversations"]);
      await bus.settled();
      bus.deliver("conversation:c1", typing("Ann"));
      expect(listener).toHaveBeenCalledExactlyOnceWith(typing("Ann"));
      subscription.end();
      expect(bus.topics()).toEqual(["conversations"]);
    });

    it("takes a new subscription to a topic that everyone had left", async () => {
      const listener = vi.fn();
      const subscription = bus.subscribe("conversations", () => {});
      subscription.end();
      bus.subscribe("conversations", listener);
      subscription.end();
      bus.publish("conversations", typing("Ann"));
      await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce());
    });
  });
}
