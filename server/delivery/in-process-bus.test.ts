import { describe, expect, it, vi } from "vitest";
import { busContract } from "./contract.suite.ts";
import { createInProcessBus } from "./in-process-bus.ts";

busContract("in process", async (report) => createInProcessBus(report));

describe("The bus of one process", () => {
  it("has called every listener when publish returns", () => {
    const bus = createInProcessBus();
    const listener = vi.fn();
    bus.subscribe("session:s1", listener);
    bus.publish("session:s1", { kind: "ended", sessionId: "s1" });
    expect(listener).toHaveBeenCalledOnce();
  });
});
