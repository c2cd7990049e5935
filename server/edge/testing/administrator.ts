/** What the tests of the administrators' API do all the time. */

import { SignJWT } from "jose";
import { adminToken, type TestServer } from "./test-server.ts";

export type Json = Record<string, unknown>;

export interface AdminAnswer {
  readonly status: number;
  readonly text: string;
  readonly body: Json;
}

/** The page that the deployments made here may be embedded in. */
export const shopOrigin = "https://shop.example";

export function administratorOf(server: () => TestServer) {
  async function admin(method: string, path: string, json?: object): Promise<AdminAnswer> {
    const response = await server().fetch(`/api/v1/admin/${path}`, {
      method,
      token: adminToken,
      ...(json && { json }),
    });
    const text = await response.text();
    return { status: response.status, text, body: text === "" ? {} : (JSON.parse(text) as Json) };
  }

  async function open(deploymentId: string, identity: object) {
    const response = await server().fetch("/api/v1/sessions", {
      json: { deploymentId, identity },
      origin: shopOrigin,
    });
    return { status: response.status, body: (await response.json()) as Json & { sessionToken: string } };
  }

  return {
    admin,
    open,

    /** A community with one shared token of the kid `first`, and a deployment of it; answers with the token. */
    async make(id: string): Promise<string> {
      await admin("POST", "communities", { id, signedIdentities: "accept" });
      await admin("POST", "deployments", { id: `${id}-web`, community: id, allowedOrigins: [shopOrigin] });
      const key = { alg: "HS256", generate: true, kid: "first" };
      return String((await admin("POST", `communities/${id}/keys`, key)).body.secret);
    },

    async signIn(id: string, secret: string, kid = "first") {
      const token = await new SignJWT({ sub: "ada" })
        .setProtectedHeader({ alg: "HS256", kid })
        .setExpirationTime("1h")
        .sign(Buffer.from(secret));
      return open(`${id}-web`, { type: "contactJwt", token });
    },
  };
}
