import { agentConversation, agentConversationPage, messagePage, messageReceipt } from "./answers.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { pageQuery } from "./page-query.ts";
import { agents as agentRoles, defineRoute, type Route } from "./route.ts";
import {
  conversationsQuery,
  messageBody,
  messagesQuery,
  readBody,
  updateConversationBody,
} from "./schemas.ts";
import { takeMessage } from "./take-message.ts";

type Dependencies = Pick<RouteDependencies, "conversations" | "agents" | "metrics">;

export function agentRoutes({ conversations, agents, metrics }: Dependencies): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/v1/agent/conversations",
      callers: agentRoles,
      summary: "Conversations, most recently active first.",
      query: conversationsQuery,
      answers: { 200: agentConversationPage },
      async handle({ http, query: { state, cursor, preview, limit } }) {
        const page = await conversations.list({
          preview,
          limit,
          ...(state !== undefined && { state }),
          ...(cursor !== undefined && { cursor }),
        });
        return http.json(page);
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/v1/agent/conversations/:id",
      callers: agentRoles,
      summary: "One conversation with its contact: every field with its source.",
      answers: { 200: agentConversation },
      handle: async ({ http, param }) => http.json(await conversations.get(param("id"))),
    }),
    defineRoute({
      method: "PATCH",
      path: "/api/v1/agent/conversations/:id",
      callers: agentRoles,
      summary: "Close, reopen, assign.",
      body: updateConversationBody,
      answers: { 200: agentConversation },
      async handle({ http, param, body: { state, assignee } }) {
        const change = { ...(state !== undefined && { state }), ...(assignee !== undefined && { assignee }) };
        return http.json(await conversations.update(param("id"), change));
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/v1/agent/conversations/:id/messages",
      callers: agentRoles,
      summary: "A page of the conversation, in ascending seq.",
      query: messagesQuery,
      answers: { 200: messagePage },
      async handle({ http, param, query }) {
        const { id } = await conversations.get(param("id"));
        return http.json(await conversations.messages(id, pageQuery(query)));
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/v1/agent/conversations/:id/messages",
      callers: agentRoles,
      summary: "Answer the customer. Repeating the id with the same body answers the same.",
      body: messageBody,
      answers: { 201: messageReceipt, 200: messageReceipt },
      async handle({ http, param, body }) {
        const arrivedAt = metrics.now();
        const { deploymentId } = await conversations.get(param("id"));
        const { receipt, status } = await takeMessage({ conversations, metrics }, "agent", arrivedAt, {
          conversationId: param("id"),
          author: { kind: "agent", name: agents.authorName(deploymentId) },
          verified: true,
          sessionId: null,
          id: body.id,
          text: body.text,
          attachments: body.attachments ?? [],
        });
        return http.json(receipt, status);
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/v1/agent/conversations/:id/read",
      callers: agentRoles,
      summary: "An agent has read everything up to seq.",
      body: readBody,
      answers: { 204: null },
      async handle({ http, param, body }) {
        await conversations.mark(param("id"), "agent", "read", body.seq);
        return http.body(null, 204);
      },
    }),
  ];
}
