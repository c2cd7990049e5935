import { expect, test } from "vitest";
import type { Bus } from "../delivery/bus.ts";
import { nothingErased } from "../store/units/erasure.ts";
import { tellErased } from "./contacts.ts";

test("sockets of an erased contact's sessions are told at once, on every node", () => {
  const told: unknown[] = [];
  const bus = { publish: (...event: unknown[]) => void told.push(event) } as unknown as Bus;
  tellErased(bus)({ ...nothingErased, endedSessions: ["one", "two"] });
  expect(told).toEqual([
    ["session:one", { kind: "ended", sessionId: "one" }],
    ["session:two", { kind: "ended", sessionId: "two" }],
  ]);
});
