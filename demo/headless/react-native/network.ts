/** React Native's ways to the network, over Node's: `fetch` and `FormData` can less there, and a WebSocket says more. */

import { WebSocket as NodeWebSocket } from "ws";
import { DeviceFormData } from "./form-data.ts";
import { createRequestClass } from "./request.ts";

/** How this device is connected. */
export interface DeviceNetwork {
  readonly timers: Pick<typeof globalThis, "setTimeout" | "clearTimeout" | "setInterval" | "clearInterval">;
  /** `httpOnly`: something on the way lets no WebSocket through. */
  way: "all" | "httpOnly" | "none";
  readonly sockets: Set<NodeWebSocket>;
}

export const createNetwork = (): DeviceNetwork => ({
  timers: { setTimeout, clearTimeout, setInterval, clearInterval },
  way: "all",
  sockets: new Set(),
});

/** The network is gone, with all that was open. */
export function cutOff(device: DeviceNetwork): void {
  device.way = "none";
  for (const socket of device.sockets) socket.terminate();
}

/** Nobody listens there. */
const nowhere = "ws://127.0.0.1:9";

export function networkInterfaces(device: DeviceNetwork) {
  /** Over XMLHttpRequest there: an answer is whole, without `body`, and what is not to be cached gets a parameter. */
  async function deviceFetch(address: string, { cache, ...init }: RequestInit = {}): Promise<Response> {
    if (device.way === "none") throw new TypeError("Network request failed");
    const isRead = (init.method ?? "GET") === "GET";
    const url = new URL(address);
    if (cache === "no-store" && isRead) url.searchParams.set("_", String(Date.now()));
    const response = await fetch(url, init);
    const text = await response.text();
    return new DeviceResponse(response.status === 204 ? null : text, response);
  }

  return {
    fetch: deviceFetch,
    Response: DeviceResponse,
    Headers,
    Request,
    FormData: DeviceFormData,
    XMLHttpRequest: createRequestClass(() => device.way !== "none"),
    WebSocket: class extends NodeWebSocket {
      constructor(address: string) {
        // As the native side does, without being asked.
        const origin = new URL(address.replace(/^ws/, "http")).origin;
        super(device.way === "all" ? address : nowhere, { origin });
        device.sockets.add(this);
        this.on("error", () => {});
        this.on("close", () => device.sockets.delete(this));
      }
    },
  };
}

class DeviceResponse extends Response {
  override readonly body = null;
}
