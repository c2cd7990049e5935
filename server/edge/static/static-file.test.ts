import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { createStaticFile } from "./static-file.ts";

const text = "export const greeting = 'hello';\n".repeat(50);
const file = createStaticFile(Buffer.from(text), "text/javascript; charset=utf-8");
const ask = (headers: Record<string, string> = {}) =>
  file.respond(new Request("http://x/a.js", { headers }), { "Cache-Control": "max-age=1" });
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

test("goes out in the best encoding the client takes", async () => {
  const brotli = await ask({ "accept-encoding": "gzip, deflate, br, zstd" });
  expect(brotli.headers.get("content-encoding")).toBe("br");
  expect(brotliDecompressSync(await bytesOf(brotli)).toString()).toBe(text);
  const gzip = await ask({ "accept-encoding": "gzip, br;q=0" });
  expect(gzip.headers.get("content-encoding")).toBe("gzip");
  expect(gunzipSync(await bytesOf(gzip)).toString()).toBe(text);
  const plain = await ask();
  expect(plain.headers.get("content-encoding")).toBeNull();
  expect(await plain.text()).toBe(text);
});

test("says that the encoding was negotiated, and how long it is", async () => {
  const response = await ask({ "accept-encoding": "br" });
  expect(response.headers.get("vary")).toBe("Accept-Encoding");
  expect(response.headers.get("cache-control")).toBe("max-age=1");
  expect(Number(response.headers.get("content-length"))).toBe((await bytesOf(response)).length);
});

test("each encoding has its own validator, and only that one is answered with 304", async () => {
  const brotli = (await ask({ "accept-encoding": "br" })).headers.get("etag") ?? "";
  const gzip = (await ask({ "accept-encoding": "gzip" })).headers.get("etag") ?? "";
  expect(brotli).not.toBe(gzip);
  const again = await ask({ "accept-encoding": "br", "if-none-match": `"other", W/${brotli}` });
  expect(again.status).toBe(304);
  expect(again.headers.get("etag")).toBe(brotli);
  expect((await ask({ "accept-encoding": "br", "if-none-match": gzip })).status).toBe(200);
});
