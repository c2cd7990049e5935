import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { contactJwt, deployment, identity, setUp } from "./fixtures/platform.ts";
import { refusal, refusalCode } from "./fixtures/refusal.ts";
import { claims, community, gate, nowSeconds } from "./fixtures/signing.ts";

const minute = 60_000;

describe("A platform token", () => {
  it("carries the identity to its deployment, without the fields stored when it was issued", async () => {
    const { tokens } = await setUp();
    const { accessToken, expiresInSeconds } = await tokens.issue(identity, "acme-web", true);
    expect(expiresInSeconds).toBe(900);
    expect(await tokens.verify(accessToken, deployment)).toEqual({
      communityId: "acme",
      authId: "jwt",
      identity: "user-123",
      platformKey: identity.platformKey,
      fields: {},
      preview: true,
      token: {
        hashes: [expect.stringMatching(/^[0-9a-f]{64}$/), ...identity.token.hashes],
        issuedAtSeconds: claims.iat,
        expiresAtSeconds: claims.exp,
        singleUseId: null,
      },
      warnings: [],
    });
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: "EdDSA", typ: "vouch-platform+jwt" });
    expect(JSON.stringify(decodeJwt(accessToken))).not.toContain('"Ada"');
  });

  it("never outlives its Contact JWT", async () => {
    const { tokens } = await setUp();
    const short = { ...identity, token: { ...identity.token, expiresAtSeconds: nowSeconds + 100 } };
    const { accessToken, expiresInSeconds } = await tokens.issue(short, "acme-web", false);
    expect(expiresInSeconds).toBe(100);
    expect(decodeJwt(accessToken).exp).toBe(nowSeconds + 100);
  });

  it("is taken once where the Contact JWT is, under an id of its own", async () => {
    const { tokens } = await setUp();
    const once = { ...identity, token: { ...identity.token, singleUseId: "t-1" } };
    const { accessToken } = await tokens.issue(once, "acme-web", false);
    const { singleUseId } = (await tokens.verify(accessToken, deployment)).token;
    expect(singleUseId).toBe(`platform:${decodeJwt(accessToken).jti}`);
  });

  it("verifies by the published keys, which hold nothing private", async () => {
    const { tokens } = await setUp();
    const { accessToken } = await tokens.issue(identity, "acme-web", false);
    const { keys } = await tokens.jwks();
    expect(keys).toEqual([
      {
        kty: "OKP",
        crv: "Ed25519",
        x: expect.any(String),
        kid: expect.any(String),
        alg: "EdDSA",
        use: "sig",
      },
    ]);
    const [jwk = {}] = keys;
    const { payload } = await jwtVerify(accessToken, await importJWK(jwk, "EdDSA"), {
      currentDate: new Date(nowSeconds * 1000),
    });
    expect(payload.sub).toBe(identity.platformKey);
  });
});

describe("A platform token is refused", () => {
  it("as a Contact JWT, and a Contact JWT as a platform token", async () => {
    const { tokens } = await setUp();
    const { accessToken } = await tokens.issue(identity, "acme-web", false);
    const acme = await community();
    expect(await refusalCode(() => gate().verifyContactJwt(accessToken, acme))).toBe("type_not_allowed");
    expect(await refusalCode(() => tokens.verify(contactJwt, deployment))).toBe("type_not_allowed");
  });

  it("at its expiry", async () => {
    const { tokens, clock } = await setUp();
    const { accessToken } = await tokens.issue(identity, "acme-web", false);
    clock.time += 15 * minute - 1;
    await tokens.verify(accessToken, deployment);
    clock.time += 1;
    expect(await refusalCode(() => tokens.verify(accessToken, deployment))).toBe("token_expired");
  });

  it.each([
    ["at another deployment", { ...deployment, id: "acme-shop" }],
    ["once its deployment belongs to another community", { ...deployment, communityId: "other" }],
  ])("%s", async (_, place) => {
    const { tokens } = await setUp();
    const { accessToken } = await tokens.issue(identity, "acme-web", false);
    expect(await refusalCode(() => tokens.verify(accessToken, place))).toBe("audience_mismatch");
  });

  it("of another installation, changed, or malformed", async () => {
    const [{ tokens }, other] = [await setUp(), await setUp()];
    const { accessToken } = await other.tokens.issue(identity, "acme-web", false);
    expect(await refusalCode(() => tokens.verify(accessToken, deployment))).toBe("key_unknown");
    const own = (await tokens.issue(identity, "acme-web", false)).accessToken;
    const [head, body = "", signature] = own.split(".");
    const forged = Buffer.from(Buffer.from(body, "base64url").toString().replace("user-123", "user-124"));
    const changed = `${head}.${forged.toString("base64url")}.${signature}`;
    expect(await refusalCode(() => tokens.verify(changed, deployment))).toBe("signature_invalid");
    expect(await refusalCode(() => tokens.verify(`${own} `, deployment))).toBe("token_malformed");
    expect((await refusal(() => tokens.verify("{{platformJwt}}", deployment))).message).toMatch(
      /placeholder/,
    );
  });
});
