import { describe, expect, test } from "vitest";
import { createFakeCompanion } from "../transport/fake-companion.ts";
import { identityOf, initialsOf, labelOf, nameOf, rankOf, shortTimeOf } from "./words.ts";

const { contact } = createFakeCompanion().add("ada");

describe("words", () => {
  test("take a platform key apart, whatever the identity holds", () => {
    expect(identityOf("v1/acme/AUTH/jwt/uid:a/uid:b\nc")).toEqual({
      community: "acme",
      source: "jwt",
      identity: "a/uid:b\nc",
    });
    expect(identityOf("v1/acme/ANON/uid:77")).toEqual({ community: "acme", source: null, identity: "77" });
  });

  test("name a customer by the signed name, else by the identity, and a visitor by neither", () => {
    expect(nameOf(contact)).toBe("Ada Lindqvist");
    expect(nameOf({ ...contact, name: null })).toBe("ada");
    expect(nameOf({ ...contact, name: null, verified: false, id: "12345678" })).toBe("Visitor 5678");
  });

  test("label fields and people", () => {
    expect([labelOf("email"), labelOf("custom.plan_name"), labelOf("zip_address")]).toEqual([
      "Email",
      "Plan name",
      "Postal code",
    ]);
    expect([initialsOf("Ada Lindqvist"), initialsOf("ada"), initialsOf("👋")]).toEqual(["AL", "A", "?"]);
  });

  test("put who it is and how to reach them first, custom fields last", () => {
    const fields = ["custom.plan", "city", "email", "name"];
    expect(fields.sort((a, b) => rankOf(a) - rankOf(b))).toEqual(["name", "email", "city", "custom.plan"]);
  });

  test("give the time today, the weekday this week, the date before", () => {
    const now = new Date(2026, 10, 21, 18, 0).getTime();
    const at = (...parts: [number, number, number, number, number]) =>
      shortTimeOf(new Date(...parts).toISOString(), now);
    expect(at(2026, 10, 21, 9, 5)).toBe("09:05");
    expect(at(2026, 10, 19, 9, 5)).toBe("Thu");
    expect(at(2026, 10, 3, 9, 5)).toBe("Nov 3");
  });
});
