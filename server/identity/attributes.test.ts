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
    ["a number", 5, "is 5, not a string"],
    ["an object", { a: 1 }, "is an object, not a string"],
    ["null", null, "is null, not a string"],
    ["more than 1,024 characters", "a".repeat(1025), "has more than 1024 characters"],
    ["a NUL", "a\0", "has a control character"],
    ["an escape sequence", "\u001b[31m", "has a control character"],
    ["a lone surrogate", "\ud800", "has a lone surrogate"],
  ])("with %s are left out and reported, and the others stay", (_, value, fault) => {
    const { fields, warnings } = read({ "comm100.fax": value, "comm100.city": "Wien" });
    expect(fields).toEqual({ city: { value: "Wien", claim: "comm100.city" } });
    expect(warnings).toEqual([
      { code: "attribute_invalid", detail: `The attribute “comm100.fax” ${fault}.` },
    ]);
  });

  it.each(["", "1,024 emoji: ".concat("👩".repeat(1011)), "two\nlines\tand a tab"])("keep %j", (value) => {
    expect(read({ "comm100.mailing_address": value }).fields.mailing_address?.value).toBe(value);
  });

  it("that name no field are reported", () => {
    const { fields, warnings } = read({
      "comm100.nickname": "A",
      "comm100.custom.": "B",
      "comm100.custom.a b": "C",
    });
    expect(fields).toEqual({});
    expect(warnings).toEqual(
      ["nickname", "custom.", "custom.a b"].map((name) => ({
        code: "attribute_invalid",
        detail: `The attribute “comm100.${name}” names no field.`,
      })),
    );
  });

  it("beyond 64 are left out with one warning", () => {
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`comm100.custom.f${n}`, "x"]));
    const { fields, warnings } = read(many);
    expect(Object.keys(fields)).toHaveLength(64);
    expect(warnings).toEqual([
      { code: "attribute_invalid", detail: expect.stringContaining("6 attributes more") },
    ]);
  });

  it("are 64 at most, without a warning", () => {
    const many = Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`comm100.custom.f${n}`, "x"]));
    const { fields, warnings } = read(many);
    expect(Object.keys(fields)).toHaveLength(64);
    expect(warnings).toEqual([]);
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
