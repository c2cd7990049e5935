import { describe, expect, it } from "vitest";
import type { JsonObject } from "../strict-json.ts";
import { explainAudience, explainIdentity, explainIssuer, findUnreadAttribute } from "./claim-advice.ts";

const stable =
  "Put the customer's stable id into “identity”. An e-mail address changes hands, and then a conversation would.";
const rename = (name: string): string =>
  `Name the claim “identity” when you sign, or set the community's identityClaim to “${name}”.`;

describe("A missing identity", () => {
  const rows: readonly (readonly [payload: JsonObject, instead: string | null])[] = [
    [{}, null],
    [{ exp: 1, name: "Ada" }, null],
    [{ Identity: "u" }, "Identity"],
    [{ IDENTITY: {} }, "IDENTITY"],
    [{ identiti: "u", sub: "v" }, "identiti"],
    [{ identiti: {}, sub: "v" }, "sub"],
    [{ sub: null, uid: 5 }, "uid"],
    [{ email: "a@b", user_id: "u" }, "user_id"],
    [{ preferred_username: "ada" }, "preferred_username"],
    ...[
      "userId",
      "id",
      "customer_id",
      "customerId",
      "contact_id",
      "external_id",
      "externalId",
      "oid",
      "user",
      "username",
    ].map((name) => [{ [name]: "u" }, name] as const),
  ];
  it.each(rows)("%j", (payload, instead) => {
    expect(explainIdentity(payload, "identity")).toEqual(
      instead === null ? null : { cause: `The token has “${instead}” instead.`, fix: rename(instead) },
    );
  });

  it("is not looked for in an e-mail address", () => {
    expect(explainIdentity({ email: "a@b" }, "identity")).toEqual({
      cause: "The token has “email” instead.",
      fix: stable,
    });
  });

  it.each([[{ account: { identity: "u" } }], [{ account: { uid: "u" } }]])("%j: nested", (payload) => {
    expect(explainIdentity(payload, "identity")).toEqual({
      cause: "There is an object “account” with such a member; claims are not looked up inside of others.",
      fix: "Put the customer's id into “identity” at the top level.",
    });
  });

  it("is looked for among the first 200 members", () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`x${at}`, null]));
    expect(explainIdentity({ ...many(199), sub: "u" }, "identity")?.cause).toMatch(/“sub”/);
    expect(explainIdentity({ ...many(200), sub: "u" }, "identity")).toBeNull();
  });

  it("is not found in an object without one", () => {
    expect(explainIdentity({ account: { plan: "gold" }, list: [{ id: 1 }] }, "identity")).toBeNull();
  });
});

describe("An identity that can't be used", () => {
  it.each([
    [5, "Write “identity” as a string: String(user.id) in JavaScript."],
    ["u ", "Trim the value where you sign; the same customer must always have the same text."],
    ["e\u0301", "Normalize the value where you sign: value.normalize(“NFC”)."],
    ["\0", null],
    [null, null],
  ])("%j", (identity, fix) => {
    expect(explainIdentity({ identity }, "identity")?.fix ?? null).toBe(fix);
  });
});

describe("An issuer or audience", () => {
  const equal = "Make iss and the community's issuer equal, character for character.";
  it.each([
    ["https://a.example/", { cause: "They differ by a slash at the end.", fix: equal }],
    ["http://a.example", { cause: "They differ by http and https.", fix: equal }],
    ["https://a.example ", { cause: "They differ by white space.", fix: equal }],
    ["https://A.example", { cause: "They differ by capital letters.", fix: equal }],
    ["https://b.example", { fix: "Sign with iss “https://a.example”, or change the community's issuer." }],
    [undefined, { fix: "Put “iss”: “https://a.example” into the token." }],
    [["https://a.example"], null],
  ])("%j", (iss, advice) => {
    const payload = iss === undefined ? {} : { iss };
    expect(explainIssuer(payload, { issuer: "https://a.example" })).toEqual(advice);
    expect(explainIssuer(payload, { issuer: null })).toBeNull();
  });

  it.each([
    [["x", "VOUCH"], "They differ by capital letters."],
    [[5, "VOUCH"], "They differ by capital letters."],
    [["VOUCH", "x"], "They differ by capital letters."],
    [["x"], undefined],
    [[], undefined],
    ["vouch/", "They differ by a slash at the end."],
  ])("aud %j", (aud, cause) => {
    expect(explainAudience({ aud }, { audience: "vouch" })?.cause).toBe(cause);
    expect(explainAudience({ aud }, { audience: null })).toBeNull();
  });

  it("that is configured with http or a slash, and written without", () => {
    expect(explainIssuer({ iss: "https://a.example" }, { issuer: "http://a.example" })?.cause).toMatch(
      /http and https/,
    );
    expect(explainIssuer({ iss: "https://a.example" }, { issuer: "https://a.example/" })?.cause).toMatch(
      /slash/,
    );
  });
});

describe("An attribute that is not read", () => {
  const place = {
    attributePrefix: "comm100.",
    identityClaim: "sub",
    extraValueMapping: [{ key: "tel", field: "phone" as const }],
  };
  const rows: readonly (readonly [claim: string, field: string | null])[] = [
    ["email", "email"],
    ["Email", "email"],
    ["comm100_email", "email"],
    ["comm100:zipAddress", "zip_address"],
    ["mailing-address", "mailing_address"],
    ["phone_number", "phone"],
    ["fullName", "name"],
    ["display_name", "name"],
    ["mail", "email"],
    ["emailAddress", "email"],
    ["zip", "zip_address"],
    ["postal_code", "zip_address"],
    ["address", "mailing_address"],
    ["organization", "company"],
    ["acme.custom.plan", "custom.plan"],
    ["custom.plan", null],
    ["plan", null],
    ["iat", null],
    ["tel", null],
    ["sub", null],
    ["comm100.email", null],
  ];
  it.each(rows)("%s: %s", (claim, field) => {
    expect(findUnreadAttribute({ [claim]: "x" }, place, {})).toEqual(
      field === null
        ? null
        : {
            cause: `The claim “${claim}” is not read.`,
            fix: `If it is the customer's ${field}, name it “comm100.${field}”, or map it by extraValueMapping.`,
          },
    );
  });

  it("is none where the claim is mapped to another field", () => {
    const mapped = { ...place, extraValueMapping: [{ key: "mail", field: "phone" as const }] };
    expect(findUnreadAttribute({ mail: "x" }, mapped, {})).toBeNull();
  });

  it("is none where the field was read from another claim", () => {
    const fields = { email: { value: "a@b", claim: "comm100.email" } };
    expect(findUnreadAttribute({ email: "x", "comm100.email": "a@b" }, place, fields)).toBeNull();
    expect(findUnreadAttribute({ email: "x", mail: "y" }, place, fields)).toBeNull();
  });
});
