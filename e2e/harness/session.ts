import type { OpenedSession } from "../../shared/protocol.ts";
import { contactJwt } from "./acme.ts";

export interface Place {
  readonly deploymentId?: string;
  readonly community?: "acme" | "lobby";
}

/** Opens a session over HTTP the way the messenger does; throws with the answer where it is refused. */
export async function openSession(
  companionUrl: string,
  identity: string,
  { deploymentId = "acme-web", community = "acme" }: Place = {},
): Promise<OpenedSession> {
  const response = await fetch(`${companionUrl}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      deploymentId,
      identity: { type: "contactJwt", token: await contactJwt(identity, { community }) },
    }),
  });
  if (response.status !== 201)
    throw new Error(`POST /sessions answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as OpenedSession;
}
