/** What every store does; the suite that each runs. */

import { appendPropertyContract } from "./contract/append-property.suite.ts";
import { conversationListContract } from "./contract/conversation-list.suite.ts";
import { conversationContract } from "./contract/conversations.suite.ts";
import { keyContract } from "./contract/keys.suite.ts";
import { sessionEndContract } from "./contract/session-end.suite.ts";
import { sessionContract } from "./contract/sessions.suite.ts";
import { textContract } from "./contract/text.suite.ts";
import type { Store } from "./store.ts";

/** @param open an empty store */
export function storeContract(name: string, open: () => Promise<Store>): void {
  sessionContract(name, open);
  sessionEndContract(name, open);
  conversationContract(name, open);
  conversationListContract(name, open);
  appendPropertyContract(name, open);
  textContract(name, open);
  keyContract(name, open);
}
