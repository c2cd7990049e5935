/** The server is killed again and again while customers write; every acknowledged message must stand once, in order. */

import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Message, MessagePage } from "../shared/protocol.ts";
import { acmeConfig } from "./harness/acme.ts";
import { type Companion, startCompanion } from "./harness/companion.ts";
import { openSession } from "./harness/session.ts";

const kills = 50;
const customers = 4;
const window = 8;

interface Acknowledged {
  readonly seq: number;
  readonly text: string;
}

/** Writes without pause; whatever was not acknowledged when the connection broke is sent again under its old id. */
class Customer {
  readonly acknowledged = new Map<string, Acknowledged>();
  readonly #waiting = new Map<string, string>();
  readonly #sessionToken: string;
  #count = 0;

  constructor(sessionToken: string) {
    this.#sessionToken = sessionToken;
  }

  /** Resolves when the connection breaks. */
  write(url: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/socket`);
      const send = (id: string, text: string): void => socket.send(JSON.stringify({ t: "send", id, text }));
      const next = (): void => {
        const id = randomUUID();
        const text = `Message ${++this.#count}`;
        this.#waiting.set(id, text);
        send(id, text);
      };
      socket.on("open", () => socket.send(JSON.stringify({ t: "auth", token: this.#sessionToken })));
      socket.on("message", (data) => {
        const frame = JSON.parse(String(data));
        if (frame.t === "ready") {
          for (const [id, text] of this.#waiting) send(id, text);
          while (this.#waiting.size < window) next();
        } else if (frame.t === "ack") {
          const text = this.#waiting.get(frame.id);
          if (text === undefined) return;
          this.#waiting.delete(frame.id);
          this.acknowledged.set(frame.id, { seq: frame.seq, text });
          next();
        }
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve());
    });
  }

  async history(url: string): Promise<Message[]> {
    const all: Message[] = [];
    for (;;) {
      const response = await fetch(`${url}/api/v1/conversation/messages?after=${all.length}&limit=100`, {
        headers: { authorization: `Bearer ${this.#sessionToken}` },
      });
      const { messages, lastSeq } = (await response.json()) as MessagePage;
      all.push(...messages);
      if (all.length >= lastSeq || messages.length === 0) return all;
    }
  }
}

test(`SIGKILL ${kills} times under load: acknowledged messages are there once, in order`, {
  timeout: 600_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "vouch-kill-"));
  const config = acmeConfig({ limits: { messagesPerSecond: 100_000, messageBurst: 100_000 } });
  let companion: Companion = await startCompanion({ config, dataDir });
  const people = await Promise.all(
    Array.from(
      { length: customers },
      async (_, index) => new Customer((await openSession(companion.url, `writer-${index}`)).sessionToken),
    ),
  );

  for (let kill = 0; kill < kills; kill++) {
    const before = acknowledgedBy(people);
    const broken = people.map((person) => person.write(companion.url));
    await expect
      .poll(() => acknowledgedBy(people) - before, { timeout: 30_000, interval: 5 })
      .toBeGreaterThan(20);
    await companion.kill();
    await Promise.all(broken);
    companion = await startCompanion({ config, dataDir });
  }

  let acknowledged = 0;
  for (const person of people) {
    const history = await person.history(companion.url);
    expect(history.map((message) => message.seq)).toEqual(history.map((_, index) => index + 1));
    expect(new Set(history.map((message) => message.id)).size).toBe(history.length);
    for (const [id, { seq, text }] of person.acknowledged) {
      expect(history[seq - 1]).toMatchObject({ id, seq, text });
      acknowledged++;
    }
  }
  expect(acknowledged).toBeGreaterThan(kills * 20);
  await companion.stop();
  await rm(dataDir, { recursive: true });
});

function acknowledgedBy(people: readonly Customer[]): number {
  return people.reduce((sum, person) => sum + person.acknowledged.size, 0);
}
