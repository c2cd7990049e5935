import { describe, expect, it } from "vitest";
import { checkAudience, checkIssuer } from "./audience.ts";
import { refusal } from "./fixtures/refusal.ts";

const issuer = "https://acme.example";

describe("An issuer is taken", () => {
  it.each([
    ["where none is configured", { iss: 5 }, null],
    ["that is the one configured", { iss: issuer }, issuer],
  ])("%s", (_, payload, expected) => {
    expect(() => checkIssuer(payload, { issuer: expected })).not.toThrow();
  });
});

describe("An audience is taken", () => {
  it.each([
    ["where none is configured", { aud: 5 }, null],
    ["that is the one configured", { aud: "vouch" }, "vouch"],
    ["that is among others", { aud: ["other", "vouch"] }, "vouch"],
  ])("%s", (_, payload, expected) => {
    expect(() => checkAudience(payload, { audience: expected })).not.toThrow();
  });
});

describe("A refusal names what was found and what was expected", () => {
  it.each([
    ["no issuer", {}, "The token's iss is missing; expected “https://acme.example”."],
    [
      "one that is longer by a slash",
      { iss: `${issuer}/` },
      "The token's iss is “https://acme.example/”; expected “https://acme.example”.",
    ],
    ["one among others", { iss: [issuer] }, "The token's iss is an array; expected “https://acme.example”."],
  ])("%s", async (_, payload, message) => {
    expect(await refusal(() => checkIssuer(payload, { issuer }))).toMatchObject({
      code: "issuer_mismatch",
      message,
    });
  });

  it.each([
    ["no audience", {}, "The token's aud is missing; expected “vouch”."],
    ["one that contains it", { aud: "vouch-2" }, "The token's aud is “vouch-2”; expected “vouch”."],
    ["others", { aud: ["vouch-2", ["vouch"]] }, "The token's aud is an array; expected “vouch”."],
    ["an object with it", { aud: { vouch: "vouch" } }, "The token's aud is an object; expected “vouch”."],
  ])("%s", async (_, payload, message) => {
    expect(await refusal(() => checkAudience(payload, { audience: "vouch" }))).toMatchObject({
      code: "audience_mismatch",
      message,
    });
  });
});
