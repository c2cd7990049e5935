/**
 * What a soak's messages look like. Number, id and text of a message follow from one another, so that whoever receives one
 * can tell without a table who wrote it, which one it is, and whether it arrived as it was written.
 */

/** Unique in its conversation: the writer's number, then which of the writer's messages, from 0. */
export type MessageNumber = number;

const perWriter = 2 ** 32;

export const messageNumber = (writer: number, index: number): MessageNumber => writer * perWriter + index;
export const writerOf = (message: MessageNumber): number => Math.floor(message / perWriter);
export const indexOf = (message: MessageNumber): number => message % perWriter;

/** Which conversation of which round an id belongs to: a message in a stranger's conversation is no message of it. */
export interface Place {
  /** 32 bits. */
  readonly round: number;
  /** 16 bits. */
  readonly conversation: number;
}

/** A UUID of version 4 in form. */
export function idOf(place: Place, message: MessageNumber): string {
  const index = hex(indexOf(message), 12);
  return `${hex(place.round, 8)}-${hex(place.conversation, 4)}-4${hex(writerOf(message), 3)}-8000-${index}`;
}

/** @returns null where it is no id of this place */
export function numberOf(place: Place, id: string): MessageNumber | null {
  const writer = Number.parseInt(id.slice(15, 18), 16);
  const index = Number.parseInt(id.slice(24), 16);
  const message = messageNumber(writer, index);
  return idOf(place, message) === id ? message : null;
}

const endings = [
  "",
  " — grüße ☕",
  " 👩‍🚀",
  ' "quoted" \\ \n and on a second line',
  ` ${"long ".repeat(60)}end`,
];

export const textOf = (message: MessageNumber): string =>
  `Message ${indexOf(message)} of writer ${writerOf(message)}${endings[indexOf(message) % endings.length]}`;

/** @returns null where it is not the beginning of a text of ours */
export function numberIn(text: string): MessageNumber | null {
  const [, index, writer] = /^Message (\d+) of writer (\d+)/.exec(text) ?? [];
  return index === undefined ? null : messageNumber(Number(writer), Number(index));
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
