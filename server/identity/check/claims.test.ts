import { describe, expect, it } from "vitest";
import { report, resultOf } from "../fixtures/checking.ts";
import { claims, community, signed } from "../fixtures/signing.ts";
import type { CheckName } from "./report.ts";

const place = await community({
  issuer: "https://acme.example",
  audience: "vouch",
  singleUseTokens: true,
  extraValueMapping: [{ key: "tel", field: "phone" }],
});
const right = { ...claims, iss: "https://acme.example", aud: "vouch", jti: "t-1" };
const told = async (check: CheckName, changes: object) =>
  resultOf(await report(await signed({ ...right, ...changes }), place), check);

describe("A claim that is wrong is told by its code, with a fix", () => {
  it.each([
    [
      "issuer",
      { iss: "https://acme.example/" },
      "issuer_mismatch",
      "Make iss and the community's issuer equal, character for character.",
    ],
    [
      "audience",
      { aud: ["a", "VOUCH"] },
      "audience_mismatch",
      "Make aud and the community's audience equal, character for character.",
    ],
    [
      "identity",
      { identity: 7 },
      "identity_invalid",
      "Write “identity” as a string: String(user.id) in JavaScript.",
    ],
    [
      "tokenId",
      { jti: "" },
      "token_malformed",
      "Put a new random jti into each token: crypto.randomUUID() for instance.",
    ],
  ] as const)("%s %j", async (check, changes, code, fix) => {
    expect(await told(check, changes)).toMatchObject({ passed: false, code, fix });
  });
});

describe("Attributes are remarked upon", () => {
  const strings = "Attributes are strings; those that are not are left out.";
  it.each([
    [{ "comm100.name": "Ada", tel: "1" }, "phone, name", null, null],
    [{ "comm100.name": 5 }, "none", /name.* not a string\.?$/, strings],
    [{ "comm100.name": 5, "comm100.email": 6 }, "none", /\(2 remarks of this kind\.\)$/, strings],
    [
      { mail: "a@b.example" },
      "none",
      /^The claim “mail” is not read\.$/,
      "If it is the customer's email, name it “comm100.email”, or map it by extraValueMapping.",
    ],
    [
      { mail: "a@b.example", "comm100.name": 5 },
      "none",
      /not a string/,
      "If it is the customer's email, name it “comm100.email”, or map it by extraValueMapping.",
    ],
  ])("%j", async (changes, found, cause, fix) => {
    const result = await told("attributes", changes);
    expect(result).toMatchObject({ passed: true, code: null, found, fix });
    if (cause === null) expect(result.cause).toBeNull();
    else expect(result.cause).toMatch(cause);
  });

  it("and 64 of them listed", async () => {
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`comm100.custom.c${at}`, "x"]));
    const { found } = await told("attributes", many);
    expect(found?.split(", ").length).toBe(64);
    expect(found).toMatch(/^custom\.c0, custom\.c1, /);
  });
});
