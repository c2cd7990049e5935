/** Files to upload: whole ones, and ones that mean harm. */

import { deflateSync } from "node:zlib";
import sharp from "sharp";

export const text = Buffer.from("Dear support,\nhere it is.\n");
export const pdf = Buffer.from("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");

export type PictureFormat = "jpeg" | "png" | "webp" | "gif";

/** What cameras write: a place in Hamburg, a device, an author. */
const taken = {
  IFD0: { Make: "SecretCamera", Artist: "SecretAuthor" },
  IFD3: {
    GPSLatitudeRef: "N",
    GPSLatitude: "53/1 33/1 0/1",
    GPSLongitudeRef: "E",
    GPSLongitude: "10/1 0/1 0/1",
  },
};

/** Noise, with everything a camera says of it. @param options.orientation as in EXIF; 1 is upright */
export async function picture(
  format: PictureFormat,
  options: { readonly width?: number; readonly height?: number; readonly orientation?: number } = {},
): Promise<Buffer> {
  const { width = 64, height = 48, orientation = 1 } = options;
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (i * 7919) % 256;
  return await sharp(pixels, { raw: { width, height, channels: 3 } })
    .withExifMerge(taken)
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><SecretPlace>53.55 10.0</SecretPlace></x:xmpmeta>`)
    .withMetadata({ orientation })
    .toFormat(format)
    .toBuffer();
}

/** A PNG that says to be of any size, and is a few bytes. */
export function pngOfSize(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.alloc(64 * 1024))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

export const formOf = (bytes: Uint8Array<ArrayBuffer> | Buffer, name: string, type = ""): FormData => {
  const form = new FormData();
  form.append("file", new File([new Uint8Array(bytes)], name, { type }));
  return form;
};
