import { ProblemError } from "../../../shared/problem-error.ts";
import type { OpenedAttachment, Reader } from "../../attachment/attachments.ts";
import type { Principal } from "../access/principal.ts";
import { createPlaces } from "../limits/places.ts";
import { attachment } from "./answers.ts";
import { contentDisposition } from "./content-disposition.ts";
import type { RouteDependencies } from "./dependencies.ts";
import { readUpload } from "./read-upload.ts";
import { agents, defineRoute, type Route, sessionHolders } from "./route.ts";

type Dependencies = Pick<
  RouteDependencies,
  "attachments" | "conversations" | "config" | "liveSessions" | "uploads" | "addresses"
>;

const participants = [...sessionHolders, ...agents] as const;
const bytes = "application/octet-stream";
/** Customers' uploads under way: whoever opens session after session must not take up all that the node has room for. */
const uploadsPerAddress = 32;

export function attachmentRoutes(deps: Dependencies): Route[] {
  const { attachments, conversations, config, liveSessions, uploads, addresses } = deps;
  const places = createPlaces(uploadsPerAddress);
  const bounds = { maxBytes: config.limits.attachmentBytes };

  const reading = (part: "file" | "thumbnail", path: string, summary: string) =>
    defineRoute({
      method: "GET",
      path,
      callers: participants,
      summary,
      answers: { 200: bytes },
      handle: async ({ principal, param }) =>
        answerWith(await attachments.open(param("id"), part, readerOf(principal))),
    });

  return [
    defineRoute({
      method: "POST",
      path: "/api/v1/attachments",
      callers: sessionHolders,
      summary: "Upload a file, to be sent with a message within a day.",
      takesFile: true,
      answers: { 201: attachment },
      async handle({ http, principal }) {
        const { session } = principal.details;
        liveSessions.touch(session);
        const waitMs = uploads.take(session.id);
        if (waitMs > 0)
          throw new ProblemError("rate_limited", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
        const from = {
          conversationId: session.conversationId,
          uploader: "contact",
          sessionId: session.id,
        } as const;
        const place = places.take(addresses.limitKey(http.env.incoming));
        if (place === null)
          throw new ProblemError("rate_limited", {
            detail: "Too many uploads of one address at once.",
            retryAfterSeconds: 5,
          });
        try {
          const received = await readUpload(http.req.raw, bounds, (file) =>
            attachments.receive({ ...from, ...file }),
          );
          return http.json(received, 201);
        } finally {
          place.leave();
        }
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/v1/agent/conversations/:id/attachments",
      callers: agents,
      summary: "Upload a file, to be sent in this conversation within a day.",
      takesFile: true,
      answers: { 201: attachment },
      async handle({ http, param }) {
        const { id: conversationId } = await conversations.get(param("id"));
        const from = { conversationId, uploader: "agent", sessionId: null } as const;
        const received = await readUpload(http.req.raw, bounds, (file) =>
          attachments.receive({ ...from, ...file }),
        );
        return http.json(received, 201);
      },
    }),
    reading("file", "/api/v1/attachments/:id", "A file of a conversation that the caller is in."),
    reading(
      "thumbnail",
      "/api/v1/attachments/:id/thumbnail",
      "A picture of at most 640 pixels a side, in WebP.",
    ),
  ];
}

function readerOf(principal: Principal): Reader {
  if (!("details" in principal)) return { kind: "agent" };
  return { kind: "contact", conversationId: principal.details.session.conversationId };
}

/** Shown as a part of the page are pictures alone, which were drawn anew here; all else is for saving. */
function answerWith({ bytes, size, type, name }: OpenedAttachment): Response {
  const isPicture = type.startsWith("image/");
  return new Response(bytes, {
    headers: {
      "Content-Type": type.startsWith("text/") ? `${type}; charset=utf-8` : type,
      "Content-Length": String(size),
      "Content-Disposition": contentDisposition(isPicture ? "inline" : "attachment", name),
      "Content-Security-Policy": "default-src 'none'; sandbox",
    },
  });
}
