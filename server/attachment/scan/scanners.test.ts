import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createCommandScanner } from "./command-scanner.ts";
import { createHttpScanner } from "./http-scanner.ts";

let directory: string;
let path: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "vouch-scan-"));
  path = join(directory, "it's a file; $(touch pwned)");
  writeFileSync(path, "EICAR");
});
afterAll(() => rmSync(directory, { recursive: true }));

const noVerdict = { code: "unavailable" };

describe("A scanner that is a command", () => {
  /** Runs JavaScript whose last argument is the path. */
  const scanner = (code: string, timeoutSeconds = 20) =>
    createCommandScanner({ by: "command", command: [process.execPath, "-e", code], timeoutSeconds });

  it("says by its exit code what it thinks of the file whose path it is given", async () => {
    const byContent = scanner(
      `process.exit(require("fs").readFileSync(process.argv.at(-1), "utf8") === "EICAR" ? 1 : 9)`,
    );
    expect(await byContent.scan(path, "text/plain")).toBe("foul");
    expect(await scanner("process.exit(0)").scan(path, "text/plain")).toBe("clean");
  });

  it("has no verdict where it fails, is missing, is killed or takes too long", async () => {
    await expect(scanner("process.exit(2)").scan(path, "")).rejects.toMatchObject(noVerdict);
    await expect(scanner("process.kill(process.pid, 'SIGKILL')").scan(path, "")).rejects.toMatchObject(
      noVerdict,
    );
    await expect(scanner("setTimeout(() => {}, 60_000)", 0.2).scan(path, "")).rejects.toMatchObject(
      noVerdict,
    );
    const missing = createCommandScanner({ by: "command", command: ["/no/such/program"], timeoutSeconds: 1 });
    await expect(missing.scan(path, "")).rejects.toMatchObject(noVerdict);
  });

  it("is not told the server's secrets", async () => {
    process.env.VOUCH_SCAN_TEST_SECRET = "x";
    const told = scanner("process.exit(process.env.VOUCH_SCAN_TEST_SECRET ? 1 : 0)");
    expect(await told.scan(path, "")).toBe("clean");
    delete process.env.VOUCH_SCAN_TEST_SECRET;
  });
});

describe("A scanner that is asked by HTTP", () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function scanner(answer: (body: string) => readonly [number, string] | null, timeoutSeconds = 20) {
    const seen: object[] = [];
    server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const { "x-file-type": type, authorization } = request.headers;
      seen.push({ type, authorization, body });
      const said = answer(body);
      if (said) response.writeHead(said[0], { location: "/" }).end(said[1]);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const settings = { by: "http", url: `http://127.0.0.1:${port}/`, token: "t", timeoutSeconds } as const;
    return { seen, scan: () => createHttpScanner(settings, fetch).scan(path, "text/plain") };
  }

  it("is sent the bytes, their type and its token, and says whether they are clean", async () => {
    const { scan, seen } = await scanner((body) => [200, JSON.stringify({ clean: body !== "EICAR" })]);
    expect(await scan()).toBe("foul");
    expect(seen).toEqual([{ type: "text/plain", authorization: "Bearer t", body: "EICAR" }]);
    expect(await (await scanner(() => [200, '{"clean":true,"more":1}'])).scan()).toBe("clean");
  });

  it.each([
    [500, '{"clean":true}'],
    [204, ""],
    [302, '{"clean":true}'],
    [200, "clean"],
    [200, "{}"],
    [200, '{"clean":"yes"}'],
  ])("has no verdict where it answers %i %s", async (status, body) => {
    await expect((await scanner(() => [status, body])).scan()).rejects.toMatchObject(noVerdict);
  });

  it("has none where it takes too long, or is not there", async () => {
    await expect((await scanner(() => null, 0.1)).scan()).rejects.toMatchObject(noVerdict);
    const settings = { by: "http", url: "http://127.0.0.1:9/", token: null, timeoutSeconds: 5 } as const;
    await expect(createHttpScanner(settings, fetch).scan(path, "")).rejects.toMatchObject(noVerdict);
  });
});
