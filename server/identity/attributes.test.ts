import { describe, expect, it } from "vitest";
import { defaultLimits } from "../../shared/limits.ts";
import { readAttributes } from "./attributes.ts";
import type { JsonObject } from "./strict-json.ts";

const settings = {
  attributePrefix: "comm100.",
  extraValueMapping: [
    { key: "plan", field: "custom.plan" },
    { key: "tel", field: "phone" },
  ],
} as const;

const read = (payload: JsonObject, changes: object = {}) =>
  readAttributes(payload, { ...settings, ...changes }, defaultLimits);

describe("Attributes", () => {
  it("are the standard and custom fields behind the prefix", () => {
    expect(
      read({
        "comm100.name": "Ada",
        "comm100.zip_address": "95039",
        "comm100.custom.tier": "1",
        name: "Eve",
      }),
    ).toEqual({
      fields: {
        name: { value: "Ada", claim: "comm100.name" },
        zip_address: { value: "95039", claim: "comm100.zip_address" },
        "custom.tier": { value: "1", claim: "comm100.custom.tier" },
      },
      warnings: [],
    });
  });

  it("without a prefix are the claims of the fields' names, and other claims are none of ours", () => {
    const { fields, warnings } = read({ email: "a@b.example", sub: "x" }, { attributePrefix: "" });
    expect(fields).toEqual({ email: { value: "a@b.example", claim: "email" } });
    expect(warnings).toEqual([]);
  });

  it("are mapped from claims and from extra_values, a claim before an extra value", () => {
    expect(read({ plan: "gold", extra_values: { plan: "tin", tel: "123" } }).fields).toEqual({
      "custom.plan": { value: "gold", claim: "plan" },
      phone: { value: "123", claim: "extra_values.tel" },
    });
  });

  it("come from the mapping rather than from the prefix", () => {
    expect(read({ "comm100.phone": "1", tel: "2" }).fields.phone).toEqual({ value: "2", claim: "tel" });
  });

  it.each([
    ["a number", 5],
    ["an object", { a: 1 }],
    ["null", null],
    ["more than 1,024 characters", "a".repeat(1025)],
    ["a NUL", "a\0"],
    ["an escape sequence", "\u001b[31m"],
    ["a lone surrogate", "\ud800"],
  ])("with %s are left out and reported, and the others stay", (_, value) => {
    const { fields, warnings } = read({ "comm100.fax": value, "comm100.city": "Wien" });
    expect(fields).toEqual({ city: { value: "Wien", claim: "comm100.city" } });
    expect(warnings).toEqual([{ code: "attribute_invalid", detail: expect.stringContaining("comm100.fax") }]);
  });

  it.each(["", "1,024 emoji: ".concat("👩".repeat(1011)), "two\nlines\tand a tab"])("keep %j", (value) => {
    expect(read({ "comm100.mailing_address": value }).fields.mailing_address?.value).toBe(value);
  });

  it("that name no field are reported", () => {
    expect(
      read({ "comm100.nickname": "A", "comm100.custom.": "B", "comm100.custom.a b": "C" }),
    ).toMatchObject({
      fields: {},
      warnings: [{ code: "attribute_invalid" }, { code: "attribute_invalid" }, { code: "attribute_invalid" }],
    });
  });

  it("beyond 64 are left out with one warning", () => {
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`comm100.custom.f${n}`, "x"]));
    const { fields, warnings } = read(many);
    expect(Object.keys(fields)).toHaveLength(64);
    expect(warnings).toEqual([
      { code: "attribute_invalid", detail: expect.stringContaining("6 attributes more") },
    ]);
  });

  it("never come from what every object inherits", () => {
    const inherited: JsonObject = Object.create({ plan: "stolen", extra_values: { tel: "stolen" } });
    expect(read(inherited).fields).toEqual({});
    expect(read({}, { extraValueMapping: [{ key: "toString", field: "custom.x" }] }).fields).toEqual({});
  });

  it("ignore an extra_values that is no object", () => {
    expect(read({ extra_values: "plan" }).fields).toEqual({});
    expect(read({ extra_values: ["plan"] }).fields).toEqual({});
  });
});
