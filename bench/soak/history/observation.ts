/**
 * What was seen of one conversation, in the order it was seen in. All observers live in one process, so this order is real:
 * what stands before something else had happened before it was noticed.
 *
 * A *look* is one reading of the conversation: a socket from its opening to its end, or one request.
 */

import type { MessageNumber } from "../message-number.ts";

/** Somebody, or a place, that sees messages: `customer 3, device 1`, `agent 0`. */
export type Reader = string;

/** A look's number, unique in the conversation. */
export type Look = number;

/** Positions as the server told them; null where it did not. */
export interface Positions {
  readonly contactDelivered: number | null;
  readonly contactRead: number;
  readonly agentDelivered: number;
  readonly agentRead: number;
}

export type Position = keyof Positions;

export type Observation =
  /** It left, for the first time or again. A writer's messages are sent in the order of their numbers. */
  | { readonly kind: "sent"; readonly message: MessageNumber }
  /** `seq` is null where the writer was not told. */
  | { readonly kind: "acknowledged"; readonly message: MessageNumber; readonly seq: number | null }
  /** Not stored as far as the server knows; to be sent again where that is `retryable`. */
  | {
      readonly kind: "refused";
      readonly message: MessageNumber;
      readonly code: string;
      readonly retryable: boolean;
    }
  /** @see Look; the server is about to be asked for everything after `afterSeq` */
  | { readonly kind: "looked"; readonly look: Look; readonly reader: Reader; readonly afterSeq: number }
  /** The server's answer to a look. */
  | {
      readonly kind: "told";
      readonly look: Look;
      readonly lastSeq: number;
      readonly positions: Positions | null;
    }
  /** A message that came of a look; in order, without gaps, each once. */
  | {
      readonly kind: "delivered";
      readonly look: Look;
      readonly seq: number;
      readonly message: MessageNumber;
    }
  /** A message that came by where no order is promised: an agent's live event that did not fit. */
  | { readonly kind: "heard"; readonly reader: Reader; readonly seq: number; readonly message: MessageNumber }
  /** Something came that nobody wrote like this. */
  | { readonly kind: "altered"; readonly reader: Reader; readonly seq: number; readonly what: string }
  /** A position is asked for. */
  | { readonly kind: "marking"; readonly position: Position; readonly seq: number }
  /** It was confirmed. */
  | { readonly kind: "marked"; readonly position: Position; readonly seq: number }
  /** In the end, when all was quiet: read from the store through one node, from the first message to the last. */
  | {
      readonly kind: "stored";
      readonly node: string;
      readonly seq: number;
      readonly message: MessageNumber;
    };

/** What must never happen, by what it is called in the report. */
export type Rule =
  /** Acknowledged, and not stored. */
  | "lost"
  /** Acknowledged under another `seq` than it is stored under, or under two. */
  | "misplaced"
  /** Stored twice, or delivered twice in one look. */
  | "doubled"
  /** A `seq` that nothing stands at, or that a reader was not given. */
  | "gap"
  /** Delivered backwards in one look, or stored in another order than its writer's. */
  | "out of order"
  /** Two observers saw different messages at one `seq`. */
  | "conflict"
  /** Stored or delivered, and never sent. */
  | "unsent"
  /** Another text or author than was sent. */
  | "altered"
  /** Stored, and not delivered to somebody who waited for it. */
  | "undelivered"
  /** A look that began after something was acknowledged was told of less. */
  | "stale"
  /** A position went back, or is beyond what was asked for. */
  | "receipt"
  /** Refused for good, though nothing is wrong with it. */
  | "refused";

export interface Violation {
  readonly rule: Rule;
  readonly detail: string;
}
