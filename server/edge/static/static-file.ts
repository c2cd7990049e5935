import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { contentHash, isCurrent } from "../http/etag.ts";

/** Bytes that never change while the server runs, in every encoding that browsers ask for. */
export interface StaticFile {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** @param request its `Accept-Encoding` and `If-None-Match` are read */
  respond(request: Request, headers: Readonly<Record<string, string>>): Promise<Response>;
  /** Compresses now what the first request would have to wait for. */
  warm(): Promise<unknown>;
}

type Encoding = "br" | "gzip" | "identity";

const compress: Record<Exclude<Encoding, "identity">, (bytes: Buffer) => Promise<Buffer>> = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        // 256 KiB: no file here is larger, and the default window costs megabytes.
        [constants.BROTLI_PARAM_LGWIN]: 18,
      },
    }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: 9 }),
};

export function createStaticFile(bytes: Buffer, contentType: string): StaticFile {
  const hash = contentHash(bytes);
  const variants = new Map<Encoding, Promise<Buffer>>([["identity", Promise.resolve(bytes)]]);

  function variant(encoding: Encoding): Promise<Buffer> {
    const known = variants.get(encoding);
    if (known || encoding === "identity") return known ?? Promise.resolve(bytes);
    const made = compress[encoding](bytes);
    variants.set(encoding, made);
    return made;
  }

  return {
    bytes,
    contentType,

    async respond(request, headers) {
      const encoding = preferred(request.headers.get("accept-encoding") ?? "");
      // A strong validator names one representation (RFC 9110, section 8.8.3.3), so each encoding has its own.
      const etag = `"${hash}-${encoding}"`;
      const common = { ...headers, ETag: etag, Vary: "Accept-Encoding" };
      if (isCurrent(request, etag)) return new Response(null, { status: 304, headers: common });
      const body = await variant(encoding);
      return new Response(new Uint8Array(body), {
        headers: {
          ...common,
          "Content-Type": contentType,
          "Content-Length": String(body.length),
          ...(encoding !== "identity" && { "Content-Encoding": encoding }),
        },
      });
    },
    warm: () => Promise.all([variant("br"), variant("gzip")]),
  };
}

/** RFC 9110, section 12.5.3, of which browsers use this much: names, and `q=0` for “not this”. */
function preferred(acceptEncoding: string): Encoding {
  const accepted = new Set(
    acceptEncoding
      .toLowerCase()
      .split(",")
      .filter((item) => !/;\s*q=0(?:\.0*)?\s*$/.test(item))
      .map((item) => item.split(";")[0]?.trim()),
  );
  if (accepted.has("br")) return "br";
  return accepted.has("gzip") ? "gzip" : "identity";
}
