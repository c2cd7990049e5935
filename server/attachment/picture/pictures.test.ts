import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { kinds } from "../kinds.ts";
import { type PictureFormat, picture } from "../testing/files.ts";
import { createPictures } from "./pictures.ts";

const formats: readonly PictureFormat[] = ["jpeg", "png", "webp", "gif"];
const kindOf = (format: PictureFormat) =>
  kinds.find(({ type }) => type === `image/${format}`) ?? expect.unreachable();

describe("A picture", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "vouch-pictures-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  async function clean(bytes: Buffer, format: PictureFormat, maxPixels = 1_000_000) {
    const path = join(directory, "received");
    writeFileSync(path, bytes);
    const cleaned = await createPictures({ maxPixels }).clean(path, kindOf(format), directory);
    return {
      ...cleaned,
      bytes: await readFile(cleaned.path),
      thumbnailBytes: await readFile(cleaned.thumbnail),
    };
  }

  it("of any format, size and orientation is the same upright one afterwards, and says nothing else", async () => {
    const orientation = fc.integer({ min: 1, max: 8 });
    const sides = fc.record({
      width: fc.integer({ min: 1, max: 300 }),
      height: fc.integer({ min: 1, max: 300 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...formats), sides, orientation, async (format, size, orientation) => {
        const given = await picture(format, { ...size, orientation });
        const { orientation: said = 1 } = await sharp(given).metadata();
        const { bytes, thumbnailBytes, width, height } = await clean(given, format);

        const upright = said >= 5 ? { width: size.height, height: size.width } : size;
        expect({ width, height }).toEqual(upright);
        const found = await sharp(bytes).metadata();
        expect(found).toMatchObject({ format, ...upright });
        for (const part of ["exif", "xmp", "iptc", "icc"] as const) expect(found[part]).toBeUndefined();
        expect(found.orientation ?? 1).toBe(1);
        for (const all of [bytes, thumbnailBytes])
          for (const secret of ["Secret", "Exif", "EXIF", "GPS", "adobe:ns"])
            expect(all.includes(secret)).toBe(false);
        // Decodes to its last pixel.
        await sharp(bytes, { failOn: "warning" }).raw().toBuffer();
        const shown = await sharp(thumbnailBytes).metadata();
        expect(shown.format).toBe("webp");
        expect(Math.max(shown.width, shown.height)).toBeLessThanOrEqual(640);
      }),
      { numRuns: 25 },
    );
  }, 180_000);

  it("keeps its colours where it is upright, whichever way it was held", async () => {
    const half = (background: string) => ({
      create: { width: 8, height: 16, channels: 3 as const, background },
    });
    const red = await sharp(half("red")).png().toBuffer();
    const held = await sharp({ create: { width: 16, height: 16, channels: 3, background: "blue" } })
      .composite([{ input: red, left: 0, top: 0 }])
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
      .toBuffer();
    const { bytes } = await clean(held, "jpeg");
    // Turned to the right, what was left is on top.
    const [top, , bottom] = await Promise.all(
      [0, 8, 15].map(async (y) => {
        const one = await sharp(bytes).extract({ left: 8, top: y, width: 1, height: 1 }).raw().toBuffer();
        return (one[0] ?? 0) > (one[2] ?? 0) ? "red" : "blue";
      }),
    );
    expect([top, bottom]).toEqual(["red", "blue"]);
  });

  it("that moves goes on moving, and counts with all of its frames", async () => {
    const frame = (value: number) => Buffer.alloc(20 * 20 * 3, value);
    const moving = await sharp(Buffer.concat([frame(0), frame(120), frame(240)]), {
      raw: { width: 20, height: 60, channels: 3, pageHeight: 20 } as never,
    })
      .gif({ delay: [50, 50, 50] })
      .toBuffer();
    expect((await sharp(moving, { animated: true }).metadata()).pages).toBe(3);
    const { bytes, width, height } = await clean(moving, "gif");
    expect({ width, height }).toEqual({ width: 20, height: 20 });
    expect((await sharp(bytes, { animated: true }).metadata()).pages).toBe(3);
    await expect(clean(moving, "gif", 20 * 20 * 2)).rejects.toMatchObject({ code: "attachment_refused" });
  });

  it("is refused beyond the bound of pixels, and taken at it", async () => {
    const given = await picture("png", { width: 50, height: 40 });
    expect(await clean(given, "png", 2000)).toMatchObject({ width: 50, height: 40 });
    await expect(clean(given, "png", 1999)).rejects.toMatchObject({ code: "attachment_refused" });
  });

  it("is refused where it is of another format than it began as, or ends too early", async () => {
    const png = await picture("png");
    await expect(clean(png, "jpeg")).rejects.toMatchObject({ code: "attachment_refused" });
    const jpeg = await picture("jpeg", { width: 200, height: 200 });
    await expect(clean(jpeg.subarray(0, jpeg.length / 2), "jpeg")).rejects.toMatchObject({
      code: "attachment_refused",
    });
  });
});
