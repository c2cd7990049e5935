import fc from "fast-check";
import { expect, test } from "vitest";
import type { HostMessage } from "./messages.ts";
import { parseHostMessage } from "./parse-host-message.ts";

const settings = { appearance: { accent: "#0b5fff" }, strings: { send: "Go" } };

const messages: readonly HostMessage[] = [
  { t: "start", settings, identity: null, request: 0, open: false, canSignIn: true },
  { t: "start", settings, identity: { platformJwt: "a.b.c" }, request: 3, open: true, canSignIn: false },
  { t: "login", identity: { contactJwt: "a.b.c" }, request: 1 },
  { t: "logout", everywhere: true, request: 2 },
  { t: "panel", open: true },
  { t: "settings", settings },
  { t: "canSignIn", canSignIn: false },
  { t: "token", ask: 4, identity: null },
  { t: "token", ask: 5, identity: { contactJwt: "a.b.c" } },
];

test.each(messages.map((message) => [message.t, message] as const))("%s is read as it is", (_, message) => {
  expect(parseHostMessage(structuredClone(message))).toEqual(message);
});

test.each(messages.map((message) => [message.t, message] as const))(
  "%s without any one of its members is refused",
  (_, message) => {
    for (const member of Object.keys(message)) {
      const { [member as keyof HostMessage]: _left, ...rest } = message;
      expect(parseHostMessage(rest), member).toBeNull();
    }
  },
);

test("an identity with both tokens, none, or another type is refused", () => {
  for (const identity of [{ contactJwt: "a", platformJwt: "b" }, {}, { contactJwt: 1 }, "a.b.c"])
    expect(parseHostMessage({ t: "login", identity, request: 1 })).toBeNull();
});

test("looks and texts of a wrong form are left out", () => {
  const message = parseHostMessage({
    t: "settings",
    settings: {
      appearance: { accent: "red;}", position: "top", theme: "dark", title: 7 },
      strings: { send: "Go", close: 1 },
    },
  });
  expect(message).toEqual({
    t: "settings",
    settings: { appearance: { theme: "dark" }, strings: { send: "Go" } },
  });
});

test("whatever arrives, the answer is a message of a known kind or null, and never an exception", () => {
  const kinds = new Set<string>(messages.map(({ t }) => t));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.anything(),
        fc
          .record({ t: fc.constantFrom(...kinds) })
          .chain((known) => fc.dictionary(fc.string(), fc.anything()).map((rest) => ({ ...rest, ...known }))),
      ),
      (value) => {
        const message = parseHostMessage(value);
        expect(message === null || kinds.has(message.t)).toBe(true);
      },
    ),
  );
});
