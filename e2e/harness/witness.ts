/** What the server knows, asked apart from the browser: which sessions live, which tokens open one, who wrote what to whom. */

import { randomUUID } from "node:crypto";
import type { BrowserContext } from "playwright-core";
import type {
  AgentConversation,
  AgentConversationPage,
  Message,
  MessagePage,
} from "../../shared/protocol.ts";
import { openSession, type Place } from "./session.ts";
import { writersIn } from "./sights.ts";
import { api, type Stage } from "./stage.ts";

/** Every session token that the server hands to the browser from now on. */
export function collectSessionTokens(context: BrowserContext): ReadonlySet<string> {
  const tokens = new Set<string>();
  context.on("response", (response) => {
    if (response.request().method() !== "POST" || !/\/sessions?(\/renew)?$/.test(response.url())) return;
    response.json().then(
      ({ sessionToken }) => sessionToken && tokens.add(sessionToken),
      // The page was left before the answer was there: nobody has read it.
      () => {},
    );
  });
  return tokens;
}

/** @returns the problem’s code; `ok` where the session lives */
export async function stateOf(stage: Stage, sessionToken: string): Promise<string> {
  const response = await api(stage, "/session", { token: sessionToken });
  return response.ok ? "ok" : (await response.json()).code;
}

/** Presents an identity token once more, as a thief would. @returns the problem’s code; `ok` where it opened a session */
export async function present(stage: Stage, contactJwt: string, deploymentId = "acme-web"): Promise<string> {
  const response = await api(stage, "/sessions", {
    method: "POST",
    token: null,
    body: JSON.stringify({ deploymentId, identity: { type: "contactJwt", token: contactJwt } }),
  });
  return response.ok ? "ok" : (await response.json()).code;
}

/** Gives the customer a history of these texts. */
export async function haveWritten(
  stage: Stage,
  identity: string,
  texts: readonly string[],
  place?: Place,
): Promise<void> {
  const { sessionToken } = await openSession(stage.companion.url, identity, place);
  for (const text of texts) {
    const response = await api(stage, "/conversation/messages", {
      method: "POST",
      token: sessionToken,
      body: JSON.stringify({ id: randomUUID(), text }),
    });
    if (!response.ok) throw new Error(await response.text());
  }
  await api(stage, "/session", { method: "DELETE", token: sessionToken });
}

/** The conversations of all contacts with one of these names. */
export async function conversationsOf(
  stage: Stage,
  names: readonly (string | null)[],
): Promise<readonly AgentConversation[]> {
  const page = (await (await api(stage, "/agent/conversations?limit=100")).json()) as AgentConversationPage;
  return page.conversations.filter(({ contact }) => names.includes(contact.name));
}

export async function messagesIn(stage: Stage, conversationId: string): Promise<readonly Message[]> {
  const response = await api(stage, `/agent/conversations/${conversationId}/messages?after=0&limit=100`);
  return ((await response.json()) as MessagePage).messages;
}

/** An agent answers in the customer’s conversation. */
export async function answer(stage: Stage, name: string, text: string): Promise<void> {
  const [conversation] = await conversationsOf(stage, [name]);
  const response = await api(stage, `/agent/conversations/${conversation?.id}/messages`, {
    method: "POST",
    body: JSON.stringify({ id: randomUUID(), text }),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** What the agents have of the customer, in order. */
export async function heardFrom(stage: Stage, name: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const { id } of await conversationsOf(stage, [name]))
    texts.push(...(await messagesIn(stage, id)).map(({ text }) => text));
  return texts;
}

/** Words that the agents have as another’s than their writer’s. */
export async function delivered(stage: Stage, names: readonly string[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const name of names)
    for (const text of await heardFrom(stage, name))
      if (writersIn(text).some((writer) => writer !== name && writer !== "Visitor"))
        wrong.push(`${name} is said to have written: ${text}`);
  return wrong;
}
