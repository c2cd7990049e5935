/** When all is quiet: reads every conversation from its first message to its last, through every node. */

import type { WireMessage } from "./clients/conversation-log.ts";
import { request } from "./clients/over-http.ts";
import type { Talk } from "./crowd.ts";

const tries = 20;

/** Where to read. */
export interface Reading {
  readonly name: string;
  readonly url: string;
}

/** @throws where a node does not answer */
export async function audit(nodes: readonly Reading[], talks: readonly Talk[]): Promise<void> {
  for (const { name, url } of nodes) await Promise.all(talks.map((talk) => readWhole(talk, name, url)));
}

async function readWhole({ log, sessionToken }: Talk, node: string, url: string): Promise<void> {
  let read = 0;
  for (;;) {
    const { messages, lastSeq } = await readPage({ url, token: sessionToken }, read);
    for (const wire of messages) {
      const message = log.recognise(node, wire);
      if (message !== null) log.see({ kind: "stored", node, seq: wire.seq, message });
    }
    read = messages.at(-1)?.seq ?? read;
    if (messages.length === 0 || read >= lastSeq) return;
  }
}

interface Page {
  readonly messages: readonly WireMessage[];
  readonly lastSeq: number;
}

/** A line that has just been mended may still refuse a request. */
async function readPage(
  access: { readonly url: string; readonly token: string },
  after: number,
): Promise<Page> {
  let status = 0;
  for (let attempt = 0; attempt < tries; attempt++) {
    const answer = await request(access, `/conversation/messages?after=${after}&limit=100`);
    if (answer?.status === 200) return answer.body as Page;
    status = answer?.status ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`The store can't be read through ${access.url}: ${status}.`);
}
