import { describe, expect, it } from "vitest";
import { describeFailure } from "./failures.ts";
import { OutboundRefused } from "./guarded-fetch.ts";

const coded = (code: unknown) => Object.assign(new Error("what the server sent"), { code });

describe("A failure", () => {
  it.each([
    ["a deadline", new DOMException("", "TimeoutError"), /^acme did not answer completely within 1\.5 s; /],
    [
      "an end from our side",
      new DOMException("", "AbortError"),
      /^The request to acme was ended from our side\.$/,
    ],
    ["another DOM exception", new DOMException("", "DataError"), /^acme can't be reached \(no code\)/],
    ["an unknown name", coded("ENOTFOUND"), /^acme can't be resolved \(ENOTFOUND\)/],
    ["a resolver that is busy", coded("EAI_AGAIN"), /^acme can't be resolved \(EAI_AGAIN\)/],
    [
      "an expired certificate",
      coded("CERT_HAS_EXPIRED"),
      /^acme has no certificate that is trusted .*\(CERT_HAS_EXPIRED\)/,
    ],
    ["an incomplete chain", coded("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), /^acme has no certificate/],
    ["another protocol on the port", coded("EPROTO"), /^acme has no certificate/],
    ["no HTTP", coded("HPE_INVALID_CONSTANT"), /^acme does not answer in HTTP \(HPE_INVALID_CONSTANT\)/],
    ["nobody there", coded("ECONNREFUSED"), /^acme can't be reached \(ECONNREFUSED\)/],
    [
      "nobody at any address",
      new AggregateError([coded("EHOSTUNREACH"), coded("X")]),
      /reached \(EHOSTUNREACH\)/,
    ],
    ["no address tried", new AggregateError([]), /reached \(no code\)/],
    ["a code that is no text", coded(7), /reached \(no code\)/],
    ["no error", "hush", /reached \(no code\)/],
    ["null", null, /reached \(no code\)/],
  ])("by %s says so, and quotes no more than a code", (_, error, sentence) => {
    const refused = describeFailure("acme", error, 1500);
    expect(refused).toBeInstanceOf(OutboundRefused);
    expect(refused.name).toBe("OutboundRefused");
    expect(refused.message).toMatch(sentence);
    expect(refused.message).not.toMatch(/what the server sent|hush/);
    expect(refused.cause).toBe(error);
  });

  it("that was described already stays as it is", () => {
    const refused = new OutboundRefused("It redirects.");
    expect(describeFailure("acme", refused, 1500)).toBe(refused);
  });
});
