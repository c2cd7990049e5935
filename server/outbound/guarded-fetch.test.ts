import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { RequestListener, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { certificatePem } from "../identity/fixtures/certificate.ts";
import { createGuardedFetch, type GuardedFetchOptions } from "./create-guarded-fetch.ts";
import { resolving, serve } from "./fixtures/test-server.ts";
import { OutboundRefused } from "./guarded-fetch.ts";

const bounds = { maxBytes: 1000, timeoutMs: 20_000 };

/** Loopback allowed, and every name leads there. */
const fetchFrom = (more: Partial<GuardedFetchOptions> = {}) =>
  createGuardedFetch({ allowLoopback: true, lookup: resolving(["127.0.0.1"]), ...more });

const guarded = (lookup = resolving(["127.0.0.1"])) => createGuardedFetch({ allowLoopback: false, lookup });

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error("It was not refused."),
    (reason: unknown) => reason,
  );
  if (error instanceof OutboundRefused) return error.message;
  throw error;
}

/** What a server of this behaviour is refused with. */
async function refusedAnswer(listener: RequestListener, more: Partial<typeof bounds> = {}): Promise<string> {
  const port = await serve(listener);
  const fetch = fetchFrom({ maxRequests: 1 });
  const sentence = await refusal(fetch(`http://acme.example:${port}/`, { ...bounds, ...more }));
  // Its place is free again.
  const sound = await serve((_, response) => response.end());
  await vi.waitFor(async () => fetch(`http://acme.example:${sound}/`, bounds));
  return sentence;
}

describe("A guarded fetch", () => {
  it("hands on status, headers and body, and asks for no compression", async () => {
    const port = await serve((request, response) => {
      response.setHeader("X-Sent", JSON.stringify(request.headers)).writeHead(404).end("nothing");
    });
    const answer = await fetchFrom()(`http://acme.example:${port}/a?b`, {
      ...bounds,
      headers: { accept: "application/json", "accept-encoding": "gzip" },
    });
    expect(answer).toMatchObject({ status: 404, body: Buffer.from("nothing") });
    expect(JSON.parse(answer.headers["x-sent"] ?? "")).toEqual({
      host: `acme.example:${port}`,
      accept: "application/json",
      "accept-encoding": "identity",
      connection: "close",
    });
  });

  it("posts a body", async () => {
    const port = await serve((request, response) => request.pipe(response));
    const answer = await fetchFrom()(`http://acme.example:${port}/`, {
      ...bounds,
      method: "POST",
      body: "é=1",
    });
    expect(answer.body.toString()).toBe("é=1");
  });

  it("checks the certificate for the name, and sends the name", async () => {
    const { key, cert } = certificateOfAcme();
    const names: unknown[] = [];
    const port = await serve(
      (request, response) => {
        const { socket } = request;
        names.push("servername" in socket && socket.servername, request.headers.host);
        response.end("safe");
      },
      { key, cert },
    );
    const trusting = fetchFrom({ ca: [cert] });
    expect((await trusting(`https://acme:${port}/`, bounds)).body.toString()).toBe("safe");
    expect(names).toEqual(["acme", `acme:${port}`]);
    expect(await refusal(trusting(`https://other:${port}/`, bounds))).toMatch(
      /certificate.*ERR_TLS_CERT_ALTNAME_INVALID/,
    );
    expect(await refusal(fetchFrom()(`https://acme:${port}/`, bounds))).toMatch(/certificate.*SELF_SIGNED/);
  });

  it("opens a connection for each request", async () => {
    const ports = new Set<unknown>();
    const port = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const fetch = fetchFrom();
    for (let time = 0; time < 3; time++) await fetch(`http://acme.example:${port}/`, bounds);
    expect(ports.size).toBe(3);
  });
});

describe("Addresses that are refused before anything is sent", () => {
  it.each([
    ["http", "http://acme.example/", /not https/],
    ["another scheme", "file:///etc/passwd", /not https/],
    ["an address without a host", "file:///etc/passwd", /of no host is not https/],
    ["no URL", "acme.example", /not a URL/],
    ["a user name", "https://user@acme.example/", /user name or password/],
    ["a password", "https://:word@acme.example/", /user name or password/],
  ])("%s", async (_, url, sentence) => {
    const lookup = resolving(["1.1.1.1"]);
    expect(await refusal(guarded(lookup)(url, bounds))).toMatch(sentence);
    expect(lookup.asked()).toBe(0);
  });

  it.each([
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "169.254.169.254",
    "0xa9fea9fe",
    "10.1",
    "0",
    "255.255.255.255",
  ])("the literal %s, in whatever spelling", async (host) => {
    const lookup = resolving(["1.1.1.1"]);
    expect(await refusal(guarded(lookup)(`https://${host}/`, bounds))).toMatch(/is not a public address/);
    expect(lookup.asked()).toBe(0);
  });

  it.each(["file:///etc/passwd", "ftp://127.0.0.1/", "ws://127.0.0.1/", "data:,a"])(
    "%s, even where loopback is allowed",
    async (url) => {
      expect(await refusal(fetchFrom()(url, bounds))).toMatch(/is not https/);
    },
  );

  it("a name that leads to loopback", async () => {
    expect(await refusal(guarded()("https://acme.example/", bounds))).toMatch(
      /resolves to 127\.0\.0\.1, not a public address/,
    );
  });

  it("a name with one private address among public ones", async () => {
    const lookup = resolving(["1.1.1.1", "2606:4700::1111", "10.0.0.1"]);
    expect(await refusal(guarded(lookup)("https://acme.example/", bounds))).toMatch(
      /resolves to 10\.0\.0\.1/,
    );
  });

  it("a name without an address, and one that is unknown", async () => {
    expect(await refusal(guarded(resolving([]))("https://acme.example/", bounds))).toMatch(/has no address/);
    const unknown = async () => {
      throw Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    };
    const fetch = createGuardedFetch({ allowLoopback: false, lookup: unknown });
    expect(await refusal(fetch("https://acme.example/", bounds))).toMatch(/can't be resolved \(ENOTFOUND\)/);
  });

  it.each(["169.254.169.254", "0.0.0.0", "[fe80::1]", "168.63.129.16", "[::ffff:127.0.0.1]"])(
    "%s, even where loopback is allowed",
    async (host) => {
      expect(await refusal(fetchFrom()(`http://${host}/`, bounds))).toMatch(/is not a public address/);
    },
  );
});

describe("DNS rebinding", () => {
  it("gains nothing: the name is resolved once, and the address that was checked is connected to", async () => {
    let requests = 0;
    const port = await serve((_, response) => {
      requests++;
      response.end();
    });
    // 192.168.255.254 stands for the public answer: nobody is there. The second answer would lead to the server.
    const lookup = resolving(["192.168.255.254"], ["127.0.0.1"]);
    const fetch = createGuardedFetch({ allowLoopback: true, lookup });
    await refusal(fetch(`http://acme.example:${port}/`, { ...bounds, timeoutMs: 200 }));
    expect([requests, lookup.asked()]).toEqual([0, 1]);

    const reversed = resolving(["127.0.0.1"], ["192.168.255.254"]);
    await fetchFrom({ lookup: reversed })(`http://acme.example:${port}/`, bounds);
    expect([requests, reversed.asked()]).toEqual([1, 1]);
  });

  it("is refused when the second request gets the private answer", async () => {
    const fetch = guarded(resolving(["192.0.2.1"], ["127.0.0.1"]));
    expect(await refusal(fetch("https://acme.example/", bounds))).toMatch(/192\.0\.2\.1/);
    expect(await refusal(fetch("https://acme.example/", bounds))).toMatch(/127\.0\.0\.1/);
  });
});

describe("Answers that are refused", () => {
  it.each([301, 302, 303, 304, 307, 308])(
    "a redirect (%i) to the metadata address, unfollowed",
    async (status) => {
      const location = "http://169.254.169.254/latest/meta-data/";
      const sentence = await refusedAnswer((_, response) => response.writeHead(status, { location }).end());
      expect(sentence).toMatch(new RegExp(`redirects \\(status ${status}\\).*configure the address`));
      expect(sentence).not.toContain("169.254");
    },
  );

  it("300 MB, of which next to nothing is read", async () => {
    let sent = 0;
    const sentence = await refusedAnswer((_, response) => {
      sent = pour(response, 300_000_000, () => sent++);
    });
    expect(sentence).toMatch(/more than the 1000 bytes/);
    expect(sent * 65_536).toBeLessThan(10_000_000);
  });

  it("300 MB that are announced, before any is read", async () => {
    const sentence = await refusedAnswer((_, response) => {
      response.writeHead(200, { "content-length": 300_000_000 }).flushHeaders();
    });
    expect(sentence).toMatch(/more than the 1000 bytes/);
  });

  it("one byte more than is allowed", async () => {
    const length = (bytes: number) => (_: unknown, response: ServerResponse) =>
      response.end("a".repeat(bytes));
    const port = await serve(length(1000));
    expect((await fetchFrom()(`http://acme.example:${port}/`, bounds)).body.length).toBe(1000);
    expect(await refusedAnswer(length(1001))).toMatch(/more than the 1000 bytes/);
  });

  it("a body that trickles", async () => {
    const sentence = await refusedAnswer(
      (_, response) => {
        const timer = setInterval(() => response.write("a"), 10);
        response.on("close", () => clearInterval(timer));
      },
      { timeoutMs: 150 },
    );
    expect(sentence).toMatch(/did not answer completely within 0\.15 s/);
  });

  it("no answer at all", async () => {
    expect(await refusedAnswer(() => {}, { timeoutMs: 100 })).toMatch(/within 0\.1 s/);
  });

  it.each(["gzip", "br", "deflate", "zstd", "gzip, identity"])(
    "a body in %s, a bomb or not",
    async (encoding) => {
      const bomb = gzipSync(Buffer.alloc(900_000));
      const sentence = await refusedAnswer((_, response) =>
        response.writeHead(200, { "content-encoding": encoding }).end(bomb),
      );
      expect(sentence).toMatch(/compresses its answer/);
    },
  );

  it("a body shorter than announced", async () => {
    const sentence = await refusedAnswer((_, response) => {
      response.writeHead(200, { "content-length": 500 });
      response.write("half", () => response.destroy());
    });
    expect(sentence).toMatch(/can't be reached/);
  });

  it("what is not HTTP", async () => {
    expect(await refusedAnswer(({ socket }) => socket.end("SSH-2.0-OpenSSH_9.6\r\n\r\n"))).toMatch(
      /does not answer in HTTP/,
    );
  });

  it("a status that HTTP does not have", async () => {
    expect(await refusedAnswer(({ socket }) => socket.end("HTTP/1.1 999 No\r\n\r\n"))).toMatch(/status 999/);
  });

  it("a switch of protocols that nobody asked for", async () => {
    const switched = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n";
    expect(await refusedAnswer(({ socket }) => socket.end(switched))).toMatch(/switches protocols/);
  });
});

it("An answer without an encoding may say so", async () => {
  const port = await serve((_, response) =>
    response.writeHead(200, { "content-encoding": " Identity " }).end("a"),
  );
  expect((await fetchFrom()(`http://acme.example:${port}/`, bounds)).body.toString()).toBe("a");
});

it.each([200, 299, 400, 599])("The status %i is handed on", async (status) => {
  const port = await serve((_, response) => response.writeHead(status).end());
  expect((await fetchFrom()(`http://acme.example:${port}/`, bounds)).status).toBe(status);
});

it("Headers that come several times are one", async () => {
  const port = await serve((_, response) => response.setHeader("set-cookie", ["a=1", "b=2"]).end());
  const { headers } = await fetchFrom()(`http://acme.example:${port}/`, bounds);
  expect(headers["set-cookie"]).toBe("a=1, b=2");
});

describe("Requests", () => {
  it("that are refused leave no connection behind", async () => {
    const closed = Promise.withResolvers<void>();
    const port = await serve((request, response) => {
      request.socket.on("close", () => closed.resolve());
      response.writeHead(200, { "content-length": 300_000_000 }).flushHeaders();
    });
    await refusal(fetchFrom()(`http://acme.example:${port}/`, bounds));
    await closed.promise;
  });

  it("whose resolver answers too late open no connection", async () => {
    let requests = 0;
    const port = await serve(() => requests++);
    const resolved = Promise.withResolvers<{ address: string; family: number }[]>();
    const fetch = fetchFrom({ lookup: () => resolved.promise });
    await refusal(fetch(`http://acme.example:${port}/`, { ...bounds, timeoutMs: 20 }));
    resolved.resolve([{ address: "127.0.0.1", family: 4 }]);
    const sound = await serve((_, response) => response.end());
    await fetch(`http://acme.example:${sound}/`, bounds);
    expect(requests).toBe(0);
  });

  it("are bounded in number, also while a resolver hangs", async () => {
    let answer = (_: readonly []) => {};
    const lookup = () => new Promise<readonly []>((resolve) => (answer = resolve));
    const fetch = createGuardedFetch({ allowLoopback: true, lookup, maxRequests: 1 });
    const url = "https://acme.example/";
    const first = refusal(fetch(url, { ...bounds, timeoutMs: 50 }));
    expect(await refusal(fetch(url, bounds))).toMatch(/1 requests are under way already/);
    expect(await first).toMatch(/within 0\.05 s/);
    expect(await refusal(fetch(url, bounds))).toMatch(/under way already/);
    answer([]);
    await new Promise(setImmediate);
    expect(await refusal(fetch(url, { ...bounds, timeoutMs: 50 }))).toMatch(/within 0\.05 s/);
  });

  it("are ended by their signal", async () => {
    const ending = new AbortController();
    const port = await serve(() => ending.abort());
    const given = { ...bounds, signal: ending.signal };
    expect(await refusal(fetchFrom()(`http://acme.example:${port}/`, given))).toMatch(/ended from our side/);
  });
});

/** Writes as fast as the other side takes it. @returns 0, the count so far */
function pour(response: ServerResponse, bytes: number, sent: () => void): number {
  const chunk = Buffer.alloc(65_536);
  let left = bytes;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      sent();
      if (!response.write(chunk)) return;
    }
  };
  response.on("drain", more);
  more();
  return 0;
}

function certificateOfAcme(): { readonly key: string; readonly cert: string } {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = (key: KeyObject, type: "pkcs8" | "spki") => key.export({ type, format: "pem" }).toString();
  const publicPem = pem(pair.publicKey, "spki");
  const now = Date.now();
  const cert = certificatePem(
    { alg: "RS256", privateKey: pair.privateKey, publicPem },
    now - 60_000,
    now + 60_000,
  );
  return { key: pem(pair.privateKey, "pkcs8"), cert };
}
