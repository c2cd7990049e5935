import type { OpenedSession } from "../../shared/protocol.ts";
import { contactJwt } from "./acme.ts";

/** Opens a session over HTTP the way the messenger does; throws with the answer where it is refused. */
export async function openSession(companionUrl: string, identity: string): Promise<OpenedSession> {
  const response = await fetch(`${companionUrl}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      deploymentId: "acme-web",
      identity: { type: "contactJwt", token: await contactJwt(identity) },
    }),
  });
  if (response.status !== 201)
    throw new Error(`POST /sessions answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as OpenedSession;
}
