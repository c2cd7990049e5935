/**
 * The program that decodes one picture, in a process of its own: `clean-picture.ts IN OUT THUMBNAIL FORMAT MAX_PIXELS`.
 *
 * Decoders are the most attacked code there is. Here one shares no memory with the server: neither its keys nor another
 * customer's picture; where it crashes or hangs, one upload is refused. That is no sandbox: the process runs as
 * the server's user, and may read and connect to what this user may.
 *
 * Draws the picture anew, upright, and writes it without anything but its pixels; beside it a thumbnail. Prints
 * `{ "width", "height" }` in pixels and exits 0; exits 3 where the picture is at fault.
 */

import sharp, { type Sharp } from "sharp";

/** Longer side, in pixels: sharp on a screen of twice the density. */
const thumbnailPixels = 640;

const [input = "", output = "", thumbnail = "", format = "", maxPixels = "0"] = process.argv.slice(2);

/** Quality where the format has one; more colours than a screen shows are not kept. */
const writers: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  jpeg: (picture) => picture.jpeg({ quality: 90 }),
  png: (picture) => picture.png(),
  webp: (picture) => picture.webp({ quality: 90 }),
  gif: (picture) => picture.gif(),
};

sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegFile",
    "VipsForeignLoadPngFile",
    "VipsForeignLoadWebpFile",
    "VipsForeignLoadNsgifFile",
  ],
});

/** Frames and all: a picture may be many times what its first one is. */
const read = (path: string, animated: boolean): Sharp =>
  sharp(path, { animated, failOn: "error", limitInputPixels: Number(maxPixels), sequentialRead: true });

try {
  const { format: found, pages = 1 } = await read(input, true).metadata();
  const write = writers[format];
  if (found !== format || !write) throw new Error(`It is a picture in the format ${found}.`);
  // A camera's orientation applies to single pictures; sharp turns no animation.
  const upright = pages > 1 ? read(input, true) : read(input, false).autoOrient();
  const { width, height, pageHeight = height } = await write(upright).toFile(output);
  // From what was cleaned, never from what came: a thumbnail shows what the picture shows.
  await read(output, false)
    .resize(thumbnailPixels, thumbnailPixels, { fit: "inside", withoutEnlargement: true })
    .webp({ quality: 75 })
    .toFile(thumbnail);
  process.stdout.write(JSON.stringify({ width, height: pageHeight }));
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : "unknown");
  process.exitCode = 3;
}
