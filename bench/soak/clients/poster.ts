/** A client without a socket: writes and reads with requests alone, one after the other, each to a random node. */

import { messageNumber } from "../message-number.ts";
import type { CustomerOptions } from "./customer.ts";
import { markRead, post, readPage } from "./over-http.ts";

const path = "/conversation";
const retryMs = 100;

export class Poster {
  readonly name: string;
  readonly #options: CustomerOptions;
  #cursor = 0;
  #state: "writing" | "finishing" | "gone" = "writing";
  #pending = false;

  constructor(options: CustomerOptions) {
    this.name = options.name;
    this.#options = options;
    void this.#work();
  }

  finish(): void {
    if (this.#state === "writing") this.#state = "finishing";
  }

  get settled(): boolean {
    return !this.#pending && this.#cursor >= this.#options.log.lastAcknowledged;
  }

  get cursor(): number {
    return this.#cursor;
  }

  stop(): void {
    this.#state = "gone";
  }

  async #work(): Promise<void> {
    const { writer, counts } = this.#options;
    for (let index = 0; this.#state === "writing"; index++) {
      this.#pending = true;
      counts.sent++;
      if (await this.#deliver(messageNumber(writer, index))) counts.acknowledged++;
      this.#pending = false;
      await this.#look();
    }
    while (this.#state === "finishing") {
      await this.#look();
      await pause(retryMs);
    }
  }

  async #deliver(message: number): Promise<boolean> {
    const { log, counts } = this.#options;
    while (!(await post(this.#access(), log, { message, path }))) {
      if (this.#state === "gone") return false;
      counts.resent++;
      await pause(retryMs);
    }
    return true;
  }

  async #look(): Promise<void> {
    const { log, random } = this.#options;
    const last = await readPage(this.#access(), log, { reader: this.name, after: this.#cursor, path });
    this.#cursor = last ?? this.#cursor;
    if (random() < 0.1) await markRead(this.#access(), log, { by: "contactRead", seq: this.#cursor, path });
  }

  #access(): { readonly url: string; readonly token: string } {
    const { urls, random, sessionToken } = this.#options;
    return { url: urls[Math.floor(random() * urls.length)] as string, token: sessionToken };
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
