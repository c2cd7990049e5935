/** What every store does; the suite that each runs. */

import { appendPropertyContract } from "./contract/append-property.suite.ts";
import { attachmentContract } from "./contract/attachments.suite.ts";
import { configurationContract } from "./contract/configuration.suite.ts";
import { conversationHeadContract } from "./contract/conversation-heads.suite.ts";
import { conversationListContract } from "./contract/conversation-list.suite.ts";
import { conversationContract } from "./contract/conversations.suite.ts";
import { erasureContract } from "./contract/erasure.suite.ts";
import { grantContract } from "./contract/grants.suite.ts";
import { handoverContract } from "./contract/handover.suite.ts";
import { handoverPropertyContract } from "./contract/handover-property.suite.ts";
import { jwkSetContract } from "./contract/jwk-sets.suite.ts";
import { keyContract } from "./contract/keys.suite.ts";
import { nodesContract, sharedOut } from "./contract/nodes.suite.ts";
import { sessionEndContract } from "./contract/session-end.suite.ts";
import { sessionSelectionContract } from "./contract/session-selection.suite.ts";
import { sessionContract } from "./contract/sessions.suite.ts";
import { textContract } from "./contract/text.suite.ts";
import { tokenStateContract } from "./contract/token-state.suite.ts";
import type { Store } from "./store.ts";

/**
 * @param open an empty store
 * @param openAnother the store of another node, on the database of the one opened last; left out where one process alone may
 *   have it open
 */
export function storeContract(
  name: string,
  open: () => Promise<Store>,
  openAnother?: () => Promise<Store>,
): void {
  if (openAnother) {
    nodesContract(name, open, openAnother);
    const openBoth = async () => sharedOut(await open(), await openAnother());
    handoverPropertyContract(`${name}, two nodes`, openBoth, 50);
  }
  sessionContract(name, open);
  sessionEndContract(name, open);
  sessionSelectionContract(name, open);
  grantContract(name, open);
  handoverContract(name, open);
  handoverPropertyContract(name, open);
  tokenStateContract(name, open);
  conversationContract(name, open);
  attachmentContract(name, open);
  conversationListContract(name, open);
  conversationHeadContract(name, open);
  appendPropertyContract(name, open);
  textContract(name, open);
  keyContract(name, open);
  configurationContract(name, open);
  jwkSetContract(name, open);
  erasureContract(name, open);
}
