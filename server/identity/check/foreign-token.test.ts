import { describe, expect, it } from "vitest";
import type { Community } from "../../config/config.ts";
import { community } from "../fixtures/signing.ts";
import type { JsonObject } from "../strict-json.ts";
import { explainForeign } from "./foreign-token.ts";

const acme = await community({ issuer: "https://acme.example" });
const withProvider: Community = { ...acme, oidc: {} as never };
const iss = "https://login.example";
const explain = (payload: JsonObject | null, place = acme) =>
  explainForeign({ reading: { text: "", header: null, payload, repairs: [] }, community: place } as never);

describe("A token that somebody else made is told by its claims", () => {
  const idToken = ["nonce", "at_hash", "c_hash", "azp", "auth_time", "amr", "acr"];
  const accessToken = ["scope", "scp", "client_id", "cid", "token_use"];
  it.each([
    ...idToken.map((claim) => [claim, "an ID token"] as const),
    ...accessToken.map((claim) => [claim, "an access token"] as const),
  ])("%s: %s", (claim, kind) => {
    expect(explain({ iss, [claim]: "x" })).toEqual({
      cause: `It looks like ${kind} of “https://login.example”, not like a Contact JWT of yours.`,
      fix: "Sign a Contact JWT on your server, or configure the provider under oidc and pass its ID token.",
    });
  });

  it("with another fix where a provider is configured", () => {
    expect(explain({ iss, nonce: "x" }, withProvider)?.fix).toBe(
      "Pass the provider's ID token as idToken, or the code as authCode; contactJwt is for tokens that your server signs.",
    );
  });

  it.each([
    [null],
    [{}],
    [{ iss }],
    [{ nonce: "x" }],
    [{ iss: 5, nonce: "x" }],
    [{ iss: "https://acme.example", nonce: "x" }],
  ])("%j is not", (payload) => {
    expect(explain(payload)).toBeNull();
  });
});
