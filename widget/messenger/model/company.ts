/**
 * What keeps a conversation company from the moment that it is known whose it is: storage for its words, the customer's other
 * tabs, and who is writing. Nobody needs it to read and to write, so it is a file of its own, loaded with the first session.
 */

import { effect, type ReadonlySignal, type Signal } from "@preact/signals-core";
import type { ClientFrame } from "../../../shared/protocol.ts";
import type { Courier } from "../outbox/courier.ts";
import { shareOutbox } from "../outbox/shared-outbox.ts";
import type { WordStorage } from "../outbox/words.ts";
import type { After } from "../surroundings.ts";
import { createHints } from "../tabs/hints.ts";
import { everyonesTurn, turnsByLock } from "../tabs/turns.ts";
import type { Holder } from "./conversation.ts";
import type { History } from "./history.ts";
import type { Positions } from "./positions.ts";
import { createOwnTyping, createRemoteTyping } from "./typing.ts";

/** What the conversation has for its company. */
export interface Host {
  readonly holder: Holder;
  readonly after: After;
  readonly courier: Pick<Courier, "outbox" | "turn" | "shown" | "takeUp">;
  readonly history: Pick<History, "window" | "exists">;
  readonly positions: Pick<Positions, "readSeq" | "known">;
  /** Agents who are writing. */
  readonly typing: Signal<readonly (string | null)[]>;
  /** Whether there is a connection. */
  readonly isLive: ReadonlySignal<boolean>;
  readonly send: (frame: ClientFrame) => boolean;
}

export interface Company {
  /** Whether the words were wiped that it kept: a session that goes on needs another. */
  isOver(): boolean;
  composing(draft: string): void;
  heardTyping(name: string | null, on: boolean): void;
  leave(): void;
}

export interface Companies {
  keep(host: Host): Company;
  /** Whether some of this owner's words are kept. Never rejects. */
  hasWords(owner: string): Promise<boolean>;
}

/** What a browser, or whatever runs the engine, has for it. */
export interface CompanyParts {
  readonly words: WordStorage;
  /** undefined: without Web Locks. */
  readonly locks: Pick<LockManager, "request"> | undefined;
  /** undefined: without channels between tabs. */
  readonly openChannel: () => Parameters<typeof createHints>[0];
  /** @returns stops listening */
  readonly listen: (handlers: { frozen(): void; thawed(): void }) => () => void;
}

export function createCompanies({ words, locks, openChannel, listen }: CompanyParts): Companies {
  function keep(host: Host): Company {
    const { after, courier, history, positions, isLive } = host;
    const { owner, formerOwner } = host.holder;
    const store = words.open(owner);
    const remote = createRemoteTyping(after, host.typing);
    const hints = createHints(openChannel(), owner, after, {
      outbox: () => void outbox.look(),
      reached({ lastSeq, readSeq }) {
        positions.known(Math.max(readSeq, positions.readSeq.peek()));
        history.exists(lastSeq);
      },
    });
    const outbox = shareOutbox({
      after,
      store,
      turns: locks ? turnsByLock(locks, `vouch:outbox:${owner}`) : everyonesTurn,
      courier,
      isLive,
      isShown: (id) => history.window.peek().messages.some((message) => message.id === id),
      changed: hints.outbox,
    });
    const stopListening = listen({ frozen: outbox.freeze, thawed: outbox.thaw });
    const stopTelling = effect(() =>
      hints.reached({ lastSeq: history.window.value.last, readSeq: positions.readSeq.value }),
    );
    if (formerOwner) void bring(formerOwner);

    /** Kept in the new place before they go from the old one. */
    async function bring(former: string): Promise<void> {
      const before = words.open(former);
      try {
        const here = courier.outbox.peek();
        const items = await before.change((kept) => kept);
        courier.takeUp(items.filter(({ id }) => !here.some((item) => item.id === id)));
        if (await outbox.look()) await words.wipe(former);
      } catch {
        // What can't be read can't be brought.
      }
      before.close();
    }

    return {
      isOver: store.isWiped,
      composing: createOwnTyping(after, (on) => host.send({ t: "typing", on })),
      heardTyping: remote,
      leave() {
        stopListening();
        stopTelling();
        outbox.leave();
        hints.leave();
      },
    };
  }

  return {
    keep,
    async hasWords(owner) {
      const store = words.open(owner);
      const kept = await store.change((list) => list).catch(() => []);
      store.close();
      return kept.length > 0;
    },
  };
}
