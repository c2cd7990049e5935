/** The shapes of what is told of contacts to administrators, for `/openapi.json`. */

import * as v from "valibot";
import { contact, message, timestamp } from "./answers.ts";

export { contact };

const conversation = v.object({
  id: v.string(),
  deploymentId: v.string(),
  preview: v.boolean(),
  state: v.picklist(["open", "waiting", "closed"]),
  createdAt: timestamp,
  updatedAt: timestamp,
  messages: v.array(message),
});

const session = v.object({
  id: v.string(),
  device: v.string(),
  method: v.string(),
  deploymentId: v.string(),
  createdAt: timestamp,
  endedAt: v.nullable(timestamp),
});

export const contactExport = v.object({
  exportedAt: timestamp,
  contact,
  createdAt: timestamp,
  sessions: v.array(session),
  conversations: v.array(conversation),
});

export const erasurePage = v.object({
  erasures: v.array(v.object({ contactId: v.string(), at: timestamp })),
});
