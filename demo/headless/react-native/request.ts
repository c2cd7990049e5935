/** React Native's XMLHttpRequest, as far as files need it, over Node's HTTP. */

import { type ClientRequest, request } from "node:http";
import { DeviceFormData } from "./form-data.ts";

type Listener = ((event: { readonly loaded: number; readonly total: number }) => void) | null;

/** Pieces in which the native side sends a body. */
const pieceBytes = 512;

export const createRequestClass = (isOnline: () => boolean) =>
  class {
    readonly upload: { onprogress: Listener } = { onprogress: null };
    onloadend: (() => void) | null = null;
    status = 0;
    responseText = "";
    #address = "";
    #method = "";
    readonly #headers: Record<string, string> = {};
    #request: ClientRequest | null = null;

    open(method: string, address: string): void {
      this.#method = method;
      this.#address = address;
    }

    setRequestHeader(name: string, value: string): void {
      this.#headers[name] = value;
    }

    send(body: DeviceFormData | Uint8Array): void {
      void this.#send(body);
    }

    abort(): void {
      this.#request?.destroy();
    }

    async #send(given: DeviceFormData | Uint8Array): Promise<void> {
      const written = given instanceof DeviceFormData ? given.written() : null;
      const body = written ? Buffer.from(await written.arrayBuffer()) : Buffer.from(given as Uint8Array);
      const headers = { ...this.#headers, "content-length": body.length };
      const type = written?.headers.get("content-type");
      const sent = request(isOnline() ? this.#address : "http://127.0.0.1:9", {
        method: this.#method,
        headers: { ...headers, ...(type && { "content-type": type }) },
      });
      this.#request = sent;
      sent.on("error", () => this.onloadend?.());
      sent.on("response", async (response) => {
        for await (const text of response.setEncoding("utf8")) this.responseText += text;
        this.status = response.statusCode ?? 0;
        this.onloadend?.();
      });
      for (let at = 0; at < body.length; at += pieceBytes) {
        const piece = body.subarray(at, at + pieceBytes);
        await new Promise((resolve) => sent.write(piece, resolve));
        this.upload.onprogress?.({ loaded: at + piece.length, total: body.length });
      }
      sent.end();
    }
  };
