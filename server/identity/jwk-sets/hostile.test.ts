import type { RequestListener } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { refusalCode } from "../fixtures/refusal.ts";
import { rsa } from "../fixtures/signing.ts";
import { jwkOf, keys, minute, startKeyServer, turnedSets } from "./fixtures/turned-sets.ts";

const one = jwkOf(rsa, "one");
const set = JSON.stringify({ keys: [one] });

const text =
  (body: string | Buffer, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(200, headers).end(body);

const redirect: RequestListener = (_, response) =>
  response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end();

const flood: RequestListener = (_, response) => {
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536, " ")));
  };
  response.on("drain", more);
  more();
};

const trickle: RequestListener = (_, response) => {
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
};

const attacks: readonly (readonly [string, RequestListener, RegExp])[] = [
  ["an endless body", flood, /more than the 262144 bytes/],
  ["a body that trickles", trickle, /within 3 s/],
  ["a gzip bomb", text(gzipSync(Buffer.alloc(50_000_000)), { "content-encoding": "gzip" }), /compresses/],
  ["gzip that is not announced", text(gzipSync(set)), /not UTF-8/],
  ["a redirect to the metadata address", redirect, /redirects \(status 302\)/],
  [
    "an HTML page",
    text("<!doctype html><title>Sign in</title>", { "content-type": "text/html" }),
    /not valid JSON/,
  ],
  ["nothing", text(""), /not valid JSON/],
  ["20,001 keys", keys(...Array.from({ length: 20_001 }, () => one)), /more than the 262144 bytes/],
  ["101 keys", keys(...Array.from({ length: 101 }, () => ({}))), /101 keys; serve 100 at most/],
  ["an array", text(`[${set}]`), /no JWK set/],
  ["keys that are no array", text('{"keys":{"0":{}}}'), /no JWK set/],
  ["one key that is no set", text(JSON.stringify(one)), /no JWK set/],
  ["two lists of keys", text(`{"keys":[],"keys":[${JSON.stringify(one)}]}`), /keys is there twice/],
  ["a prototype", text('{"__proto__":{"keys":[]}}'), /not an allowed name/],
  ["deep nesting", text(`{"keys":${"[".repeat(100_000)}`), /nested deeper than 8/],
  ["what is not UTF-8", text(Buffer.from('{"keys":[],"a":"\xff"}', "latin1")), /not UTF-8/],
  ["UTF-16", text(Buffer.from(set, "utf16le")), /not valid JSON/],
  ["no content", (_, response) => response.writeHead(204).end(), /status 204/],
  ["a part of a set", (_, response) => response.writeHead(206).end(set), /status 206/],
  ["a set with an error's status", (_, response) => response.writeHead(404).end(set), /status 404/],
];

describe("A hostile server", () => {
  it.each(attacks)(
    "that answers with %s takes no known key away and brings none",
    async (_, answer, sentence) => {
      const server = await startKeyServer(keys(one));
      const turned = await turnedSets([server.url]);
      await turned.sweep();
      server.answer = answer;
      turned.pass(5 * minute);
      await turned.sweep();
      const [status] = turned.sets.status([server.url]);
      expect(status?.failure).toMatch(sentence);
      expect(await turned.find("one")).toMatchObject({ kid: "one" });
      expect(await refusalCode(() => turned.find("two"))).toBe("keyset_unavailable");
      expect(turned.faults).toEqual([]);
    },
  );

  it("that names no content type, or a wrong one, is taken by what it serves", async () => {
    const server = await startKeyServer(text(set, { "content-type": "text/html" }));
    const { find } = await turnedSets([server.url]);
    expect(await find("one")).toMatchObject({ kid: "one" });
  });

  it("whose address leads to the metadata service is not asked, even where loopback is allowed", async () => {
    const { find, sets } = await turnedSets(["http://169.254.169.254/jwks.json"]);
    expect(await refusalCode(() => find("one"))).toBe("keyset_unavailable");
    expect(sets.status(["http://169.254.169.254/jwks.json"])).toMatchObject([
      { failure: expect.stringMatching(/not a public address/) },
    ]);
  });
});
