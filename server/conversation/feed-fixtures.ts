import type { Message } from "../../shared/protocol.ts";

export const message = (seq: number): Message => ({
  id: `id-${seq}`,
  seq,
  author: { kind: "agent", name: null },
  text: `text ${seq}`,
  attachments: [],
  at: "2026-11-21T09:30:00.000Z",
  verified: true,
});

export const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);

/** A conversation in which `stored` messages are durable. */
export function conversation(stored: number) {
  return {
    stored,
    reads: 0,
    async read(after: number, limit: number): Promise<readonly Message[]> {
      this.reads += 1;
      return upTo(Math.min(this.stored, after + limit), after + 1).map(message);
    },
  };
}

/** Lets every promise that can settle do so. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};
