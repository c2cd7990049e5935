/** Where all who take part in one conversation write down what they see. */

import type { Look, Observation, Reader } from "../history/observation.ts";
import {
  idOf,
  type MessageNumber,
  numberIn,
  numberOf,
  type Place,
  textOf,
  writerOf,
} from "../message-number.ts";

/** The agents' writers; below are the customer's devices. */
export const firstAgentWriter = 0x800;
/** From here to the agents: devices that make ids of their own, told by their texts. */
export const firstHeadlessWriter = 0x400;

/** A message as it comes over the wire, before anything of it is believed. */
export interface WireMessage {
  readonly id: string;
  readonly seq: number;
  readonly text: string;
  readonly author: { readonly kind: string };
}

export class ConversationLog {
  readonly place: Place;
  /** As the server calls it. */
  readonly conversationId: string;
  readonly history: Observation[] = [];
  /** The highest `seq` that was acknowledged: whoever waits for the end waits for it. */
  lastAcknowledged = 0;
  #looks = 0;

  constructor(place: Place, conversationId: string) {
    this.place = place;
    this.conversationId = conversationId;
  }

  see(seen: Observation): void {
    this.history.push(seen);
  }

  look(reader: Reader, afterSeq: number): Look {
    const look = this.#looks++;
    this.see({ kind: "looked", look, reader, afterSeq });
    return look;
  }

  /** @param seq null: it is stored, and was not said where */
  acknowledged(message: MessageNumber, seq: number | null): void {
    this.see({ kind: "acknowledged", message, seq });
    this.lastAcknowledged = Math.max(this.lastAcknowledged, seq ?? 0);
  }

  /** @param wire as `reader` was given it. @returns its number; null where it is not what was written, which is noted */
  recognise(reader: Reader, wire: WireMessage): MessageNumber | null {
    const message = numberOf(this.place, wire.id) ?? this.#headless(wire);
    const fault = message === null ? `the stranger ${wire.id}` : alteration(message, wire);
    if (fault === null) return message;
    this.see({ kind: "altered", reader, seq: wire.seq, what: fault });
    return null;
  }

  /** Stored twice under two ids, it would be the same number at two places. */
  #headless({ text }: WireMessage): MessageNumber | null {
    const message = numberIn(text);
    if (message === null) return null;
    const writer = writerOf(message);
    return writer >= firstHeadlessWriter && writer < firstAgentWriter ? message : null;
  }

  idOf(message: MessageNumber): string {
    return idOf(this.place, message);
  }
}

function alteration(message: MessageNumber, { text, author }: WireMessage): string | null {
  if (text !== textOf(message)) return `message ${message} with the text ${JSON.stringify(text)}`;
  const kind = writerOf(message) < firstAgentWriter ? "contact" : "agent";
  return author.kind === kind ? null : `message ${message} as of a ${author.kind}`;
}
