import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../shared/clock.ts";
import type { TokenReport } from "../../identity/check/report.ts";
import { startBreakingProvider } from "../../oidc/testing/breaking-provider.ts";
import { startCompanion } from "../../oidc/testing/companion.ts";
import { adminToken, agentToken, site, startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const ask = (json: object, token = adminToken) => server.fetch("/api/v1/admin/tokens/check", { json, token });

async function report(json: object): Promise<TokenReport> {
  const response = await ask(json);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  return (await response.json()) as TokenReport;
}

describe("POST /api/v1/admin/tokens/check", () => {
  test("reports on a good token", async () => {
    const token = await server.token("ada");
    expect(await report({ token, community: "acme" })).toMatchObject({ passes: true, code: null });
    expect(await report({ token, deployment: "acme-web" })).toMatchObject({ passes: true, code: null });
  });

  test("recognises a token of another community, and a deployment that is switched off", async () => {
    const token = await server.token("eve", "other");
    const result = await report({ token, community: "acme" });
    expect(result.code).toBe("signature_invalid");
    expect(result.checks.find(({ check }) => check === "signature")?.cause).toMatch(/community other/);
    expect((await report({ token, deployment: "acme-off" })).code).toBe("deployment_inactive");
  });

  test("says of a logged-out token that it is revoked, and uses none up", async () => {
    const token = await server.token("lou");
    const identity = { type: "contactJwt", token };
    const open = () =>
      server.fetch("/api/v1/sessions", { json: { deploymentId: "acme-web", identity }, origin: site });
    expect(await report({ token, community: "acme" })).toMatchObject({ passes: true });
    const opened = (await (await open()).json()) as { sessionToken: string };
    expect(await report({ token, community: "acme" })).toMatchObject({ passes: true });
    await server.fetch("/api/v1/session", { method: "DELETE", token: opened.sessionToken });
    expect(await report({ token, community: "acme" })).toMatchObject({
      passes: false,
      code: "token_revoked",
    });
    expect(((await (await open()).json()) as { code: string }).code).toBe("token_revoked");
  });

  test("says of a platform JWT what opening a session says, before and after its logout", async () => {
    const open = (token: string) =>
      server.fetch("/api/v1/sessions", {
        json: { deploymentId: "acme-web", identity: { type: "platformJwt", token } },
        origin: site,
      });
    const exchanged = await server.fetch("/api/v1/authorize", {
      json: { siteId: 10_000, messengerId: "acme-web", contactJwt: await server.token("pia") },
    });
    const { accessToken: token } = (await exchanged.json()) as { accessToken: string };
    const platform = { kind: "platformJwt", judgedAs: "platformJwt" };
    for (const place of [{ community: "acme" }, { deployment: "acme-web" }])
      expect(await report({ token, ...place })).toMatchObject({ ...platform, passes: true, code: null });
    expect(await report({ token, community: "other" })).toMatchObject({
      ...platform,
      passes: false,
      code: "audience_mismatch",
    });
    const { sessionToken } = (await (await open(token)).json()) as { sessionToken: string };
    expect(await report({ token: sessionToken, community: "acme" })).toMatchObject({ kind: "sessionToken" });
    await server.fetch("/api/v1/session", { method: "DELETE", token: sessionToken });
    expect(await report({ token, community: "acme" })).toMatchObject({
      ...platform,
      passes: false,
      code: "token_revoked",
    });
    expect(((await (await open(token)).json()) as { code: string }).code).toBe("token_revoked");
  });

  test("says of an ID token what opening a session says, with its nonce", async () => {
    const provider = await startBreakingProvider(systemClock);
    const companion = await startCompanion(provider.discoveryUri);
    try {
      const token = await provider.idToken({ nonce: "n" });
      const told = async (more: object) => {
        const json = { token, community: "sso", ...more };
        const response = await companion.fetch("/api/v1/admin/tokens/check", { json, token: adminToken });
        return (await response.json()) as TokenReport;
      };
      const idToken = { kind: "idToken", judgedAs: "idToken" };
      expect(await told({})).toMatchObject({ ...idToken, passes: null, code: null });
      expect(await told({ nonce: "m" })).toMatchObject({ ...idToken, code: "oidc_nonce_mismatch" });
      expect(await companion.refusalOf({ type: "idToken", token, nonce: "m" })).toBe("oidc_nonce_mismatch");
      expect(await told({ nonce: "n" })).toMatchObject({ ...idToken, passes: true });
      const { sessionToken } = await companion.openSession({ type: "idToken", token, nonce: "n" });
      await companion.fetch("/api/v1/session", { method: "DELETE", token: sessionToken });
      expect(await told({ nonce: "n" })).toMatchObject({ ...idToken, passes: false, code: "token_revoked" });
      expect(await companion.refusalOf({ type: "idToken", token, nonce: "n" })).toBe("token_revoked");
    } finally {
      await companion.close();
      await provider.close();
    }
  });

  test.each([
    [{ token: "x" }, 400, "request_invalid"],
    [{ community: "acme" }, 400, "request_invalid"],
    [{ token: "x", community: "nobody" }, 404, "not_found"],
    [{ token: "x", community: "__proto__" }, 404, "not_found"],
    [{ token: "x", deployment: "nobody" }, 404, "deployment_unknown"],
    [{ token: "x", community: "acme", deployment: "other-web" }, 400, "request_invalid"],
  ])("%j is refused with %i %s", async (json, status, code) => {
    const response = await ask(json);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  test("is for administrators alone", async () => {
    expect((await ask({ token: "x", community: "acme" }, agentToken)).status).toBe(403);
  });

  test("logs nothing of the token", async () => {
    const token = await server.token("zoe");
    await report({ token: `Bearer ${token}`, community: "acme" });
    const logged = server.logged.join("");
    for (const part of token.split(".")) expect(logged).not.toContain(part);
  });
});
