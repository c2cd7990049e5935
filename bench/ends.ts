/** The two ends of a delivery, over bare `ws` for all contestants: a customer who says something, a desk that is shown it. */

import { WebSocket } from "ws";
import { connect, event, pong, readPacket } from "./peers/socket-io-wire.ts";

export interface Speaker {
  say(id: string, text: string): void;
  close(): void;
}

export interface Desk {
  close(): void;
}

/**
 * Ours, and the floors, which speak the same frames.
 *
 * @param acknowledged called with the id of each message
 */
export async function wireSpeaker(
  url: string,
  token: string,
  acknowledged?: (id: string) => void,
): Promise<Speaker> {
  const socket = await wireSocket(url, token, (text) => {
    if (acknowledged && text.startsWith('{"t":"ack"')) acknowledged(JSON.parse(text).id);
  });
  return {
    say: (id, text) => socket.send(`{"t":"send","id":"${id}","text":${JSON.stringify(text)}}`),
    close: () => socket.terminate(),
  };
}

export interface WireDesk extends Desk {
  write(conversationId: string, id: string, text: string): void;
}

/** @param shown called with the id of each message */
export async function wireDesk(url: string, token: string, shown: (id: string) => void): Promise<WireDesk> {
  const socket = await wireSocket(url, token, (text) => {
    if (text.startsWith('{"t":"message"')) shown(JSON.parse(text).message.id);
  });
  return {
    write: (conversationId, id, text) => socket.send(JSON.stringify({ t: "send", conversationId, id, text })),
    close: () => socket.terminate(),
  };
}

export async function socketIoSpeaker(url: string): Promise<Speaker> {
  const socket = await socketIoSocket(url, () => {});
  let acks = 0;
  return {
    say: (id, text) => socket.send(event("send", { id, text }, acks++)),
    close: () => socket.terminate(),
  };
}

export async function socketIoDesk(url: string, shown: (id: string) => void): Promise<Desk> {
  const socket = await socketIoSocket(url, (text) => {
    const packet = readPacket(text);
    if (packet.kind === "event") shown((packet.payload as { id: string }).id);
  });
  socket.send(event("watch", {}));
  return { close: () => socket.terminate() };
}

/** Resolves with the first frame that comes back: then it is known who this is. */
function wireSocket(url: string, token: string, heard: (text: string) => void): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on("error", reject);
    socket.on("close", (code) => reject(new Error(`${url} closed with ${code}`)));
    socket.on("open", () => socket.send(JSON.stringify({ t: "auth", token, delivered: true })));
    socket.once("message", () => resolve(socket));
    socket.on("message", (data: Buffer) => heard(String(data)));
  });
}

function socketIoSocket(url: string, heard: (text: string) => void): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on("error", reject);
    socket.on("message", (data: Buffer) => {
      const text = String(data);
      const { kind } = readPacket(text);
      if (kind === "open") socket.send(connect);
      else if (kind === "ping") socket.send(pong);
      else if (kind === "connected") resolve(socket);
      else heard(text);
    });
  });
}
