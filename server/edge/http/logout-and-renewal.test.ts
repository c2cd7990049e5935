import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OpenedSession } from "../../../shared/protocol.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const renew = async ({ sessionToken }: OpenedSession, token: string): Promise<OpenedSession> => {
  const json = { identity: { type: "contactJwt", token } };
  const response = await server.fetch("/api/v1/session/renew", { token: sessionToken, json });
  return (await response.json()) as OpenedSession;
};
const logOut = ({ sessionToken }: OpenedSession, query = "") =>
  server.fetch(`/api/v1/session${query}`, { method: "DELETE", token: sessionToken });
const codeOf = async (response: Response) =>
  response.ok ? "none" : ((await response.json()) as { code: string }).code;
const codeFor = async ({ sessionToken }: OpenedSession) =>
  codeOf(await server.fetch("/api/v1/session", { token: sessionToken }));

/** A logout is sent with the token that the client has, and its renewal may have been carried out just before. */
describe("A logout by the token of before a renewal", () => {
  it("ends the session and revokes its identity tokens", async () => {
    const session = await server.signIn("logs out while renewing");
    const token = await server.token("logs out while renewing", "acme", 3000);
    const renewed = await renew(session, token);
    expect(await codeFor(renewed)).toBe("none");
    expect((await logOut(session)).status).toBe(204);
    expect(await codeFor(renewed)).toBe("session_revoked");
    const identity = { type: "contactJwt", token };
    const again = await server.fetch("/api/v1/sessions", { json: { deploymentId: "acme-web", identity } });
    expect(await codeOf(again)).toBe("token_revoked");
  });

  it("ends the customer's other sessions too where it says everywhere", async () => {
    const phone = await server.signIn("has two devices");
    const session = await server.signIn("has two devices");
    await renew(session, await server.token("has two devices", "acme", 3000));
    await logOut(session, "?everywhere=true");
    expect(await codeFor(phone)).toBe("session_revoked");
  });

  it("closes its sockets", async () => {
    const session = await server.signIn("is connected");
    const renewed = await renew(session, await server.token("is connected", "acme", 3000));
    const socket = await server.live(renewed.sessionToken);
    await logOut(session);
    expect(await socket.closed).toBe(4401);
  });

  it("is all that the token is good for", async () => {
    const session = await server.signIn("renewed");
    const renewed = await renew(session, await server.token("renewed", "acme", 3000));
    expect(await codeFor(session)).toBe("session_missing");
    expect((await renew(session, await server.token("renewed", "acme", 2000))).sessionToken).toBeUndefined();
    expect(await codeFor(renewed)).toBe("none");
  });
});
