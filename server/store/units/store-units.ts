import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";
import type { Schema } from "../schema.ts";
import { attachmentUnits } from "./attachment.ts";
import { auditUnits } from "./audit.ts";
import { changeOfStateUnits } from "./change-of-state.ts";
import { configurationUnits } from "./configuration.ts";
import { conversationUnits } from "./conversation.ts";
import { conversationHeadUnits } from "./conversation-head.ts";
import { conversationListUnits } from "./conversation-list.ts";
import { erasureUnits } from "./erasure.ts";
import { grantUnits } from "./grant.ts";
import { jwkSetUnits } from "./jwk-set.ts";
import { keyUseUnits } from "./key-use.ts";
import { messageUnits } from "./message.ts";
import { platformKeyUnits } from "./platform-key.ts";
import { retentionUnits } from "./retention.ts";
import { sealedUnits } from "./sealed.ts";
import { sessionUnits } from "./session.ts";
import { sessionEndUnits } from "./session-end.ts";
import { sessionSelectionUnits } from "./session-selection.ts";
import { tokenStateUnits } from "./token-state.ts";

/** All units of a store, their statements compiled for its database. */
export function storeUnits(db: Kysely<Schema>, dialect: Dialect) {
  const lists = conversationListUnits(db, dialect);
  return {
    attachments: attachmentUnits(db),
    audit: auditUnits(db),
    changesOfState: changeOfStateUnits(db, lists),
    configuration: configurationUnits(db),
    conversations: conversationUnits(db),
    ends: sessionEndUnits(db, dialect),
    erasures: erasureUnits(db, dialect),
    grants: grantUnits(db),
    heads: conversationHeadUnits(db, dialect),
    jwkSets: jwkSetUnits(db),
    keyUses: keyUseUnits(db),
    keys: platformKeyUnits(db),
    lists,
    messages: messageUnits(db),
    retention: retentionUnits(db, dialect),
    sealed: sealedUnits(db),
    selections: sessionSelectionUnits(db, dialect),
    sessions: sessionUnits(db),
    tokenStates: tokenStateUnits(db),
  };
}
