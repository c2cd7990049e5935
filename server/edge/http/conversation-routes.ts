import { ProblemError } from "../../../shared/problem-error.ts";
import { messagePage, messageReceipt } from "./answers.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { pageQuery } from "./page-query.ts";
import { defineRoute, type Route, sessionHolders } from "./route.ts";
import { messageBody, messagesQuery, readBody } from "./schemas.ts";
import { takeMessage } from "./take-message.ts";

type Dependencies = Pick<RouteDependencies, "conversations" | "liveSessions" | "messages" | "metrics">;

export function conversationRoutes(deps: Dependencies): Route[] {
  const { conversations, liveSessions, messages, metrics } = deps;
  return [
    defineRoute({
      method: "GET",
      path: "/api/v1/conversation/messages",
      callers: sessionHolders,
      summary: "A page of the customer's conversation, in ascending seq.",
      query: messagesQuery,
      answers: { 200: messagePage },
      async handle({ http, principal, query }) {
        const { session } = principal.details;
        liveSessions.touch(session);
        return http.json(await conversations.messages(session.conversationId, pageQuery(query)));
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/v1/conversation/messages",
      callers: sessionHolders,
      summary: "Send a message. Repeating the id with the same body answers the same.",
      body: messageBody,
      answers: { 201: messageReceipt, 200: messageReceipt },
      async handle({ http, principal, body }) {
        const { session, contact } = principal.details;
        liveSessions.touch(session);
        const waitMs = messages.take(session);
        if (waitMs > 0) {
          metrics.messageRefused("rate_limited");
          throw new ProblemError("rate_limited", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
        }
        const { receipt, status } = await takeMessage(deps, "contact", metrics.now(), {
          conversationId: session.conversationId,
          author: { kind: "contact", name: contact.name },
          verified: contact.verified,
          sessionId: session.id,
          id: body.id,
          text: body.text,
          attachments: body.attachments ?? [],
        });
        return http.json(receipt, status);
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/v1/conversation/read",
      callers: sessionHolders,
      summary: "The customer has read everything up to seq.",
      body: readBody,
      answers: { 204: null },
      async handle({ http, principal, body }) {
        const { session } = principal.details;
        liveSessions.touch(session);
        await conversations.mark(session.conversationId, "contact", "read", body.seq);
        return http.body(null, 204);
      },
    }),
  ];
}
