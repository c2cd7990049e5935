import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { parseConfig } from "../config/load.ts";
import { clock, gate, nowSeconds } from "../identity/fixtures/signing.ts";
import { run } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "vouch-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

let printed = "";
let remarked = "";
beforeEach(() => {
  printed = remarked = "";
});

const vouch = (words: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  printed = remarked = "";
  return run(words, clock, {
    env,
    print: (text) => {
      printed += text;
    },
    remark: (text) => {
      remarked += `${text}\n`;
    },
  });
};

const file = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};

async function madeKey(...words: string[]) {
  expect(await vouch(["keygen", ...words])).toBe(0);
  return { path: file("key.json", printed), ...JSON.parse(printed) };
}

const acme = async (key: object) => {
  const config = await parseConfig(
    { communities: [{ id: "acme", identityClaim: "identity", keys: [key] }] },
    {},
    clock,
  );
  const [community] = config.communities.values();
  if (!community) throw new Error("no community");
  return community;
};

describe("vouch keygen and vouch token", () => {
  it.each(["RS256", "RS512", "PS256", "ES256", "EdDSA"])(
    "make a %s key and a token that the gate takes",
    async (alg) => {
      const { path, kid, publicKey, jwks } = await madeKey("--alg", alg);
      expect(
        await vouch([
          "token",
          "--key",
          path,
          "--claim",
          "identity=user=1",
          "--attribute",
          "name=Ada L",
          "--expires",
          "2h",
        ]),
      ).toBe(0);
      expect(printed).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
      for (const key of [{ kid, alg, publicKey }, { jwks }]) {
        const verified = await gate().verifyContactJwt(printed.trim(), await acme(key));
        expect(verified).toMatchObject({
          identity: "user=1",
          fields: { name: { value: "Ada L" } },
          token: { expiresAtSeconds: nowSeconds + 7200, issuedAtSeconds: nowSeconds },
        });
      }
    },
  );

  it("make a shared token", async () => {
    const { path, kid, alg, secret } = await madeKey("--alg", "HS256", "--kid", "shared-1");
    expect(kid).toBe("shared-1");
    await vouch(["token", "--key", path, "--claim=identity=user-1"]);
    const place = await acme({ kid, alg, secret });
    expect((await gate().verifyContactJwt(printed.trim(), place)).identity).toBe("user-1");
  });

  it("keep a kid as it was typed, even where it looks like a number", async () => {
    expect((await madeKey("--alg", "ES256", "--kid", "007")).kid).toBe("007");
  });

  it("sign with a bare PEM, a private JWK or a bare secret", async () => {
    const { privateKey } = await madeKey("--alg", "ES256");
    await vouch(["token", "--key", file("key.pem", privateKey), "--kid", "k1"]);
    expect(decodeProtectedHeader(printed)).toEqual({ alg: "ES256", kid: "k1", typ: "JWT" });
    await vouch(["token", "--key", file("secret", "x6hT2kQ9vLr0ZsYw4mBn8cJd3fGp7aUe\n"), "--claim", "exp=5"]);
    expect(decodeProtectedHeader(printed)).toEqual({ alg: "HS256", typ: "JWT" });
    expect(decodeJwt(printed).exp).toBe(5);
  });

  it("make a token that has expired already, for trying that out", async () => {
    const { path } = await madeKey("--alg", "EdDSA");
    await vouch(["token", "--key", path, "--expires=-1h"]);
    expect(decodeJwt(printed).exp).toBe(nowSeconds - 3600);
  });

  it.each([
    [["keygen"], /--alg/],
    [["keygen", "--alg", "HS512"], /HS512/],
    [["keygen", "--alg", "ES256", "--bogus"], /bogus/],
    [["token"], /--key/],
    [["token", "--key", join(folder, "none")], /can't be read/],
    [["token", "--key", file("bad.json", "{")], /not valid JSON/],
    [["token", "--key", file("empty.json", "{}")], /no private key/],
    [["token", "--key", file("good.txt", "s"), "--claim", "identity"], /NAME=VALUE/],
    [["token", "--key", file("good.txt", "s"), "--expires", "soon"], /duration/],
    [["token", "--key", file("good.txt", "s"), "--alg", "RS256"], /can't sign/],
    [["token", "--key", "a", "--key", "b"], /twice/],
    [["snippet"], /missing required args/],
    [["config", "apply"], /config check/],
    [["snippet", "web", "--url", "acme.example/x"], /origin/],
  ])("%j ends with 1 and a reason", async (words, reason) => {
    expect(await vouch(words)).toBe(1);
    expect(printed).toBe("");
    expect(remarked).toMatch(reason);
  });
});

describe("vouch config check", () => {
  it("ends with 0 where the file is correct, and shows its warnings", async () => {
    const path = file("vouch.json", { communities: [{ id: "acme" }] });
    expect(await vouch(["config", "check", "--config", path])).toBe(0);
    expect(printed).toMatch(/correct/);
    expect(remarked).toMatch(/^warning: communities\[0\]\.keys/);
  });

  it("ends with 2 and a line with the path of each fault", async () => {
    const path = file("vouch.json", { x: 1, communities: [{ id: "acme", y: 1 }] });
    expect(await vouch(["config", "check"], { VOUCH_CONFIG: path })).toBe(2);
    expect(remarked).toMatch(/^x: .*\ncommunities\[0\]\.y: .*\n$/);
  });

  it("shows a hundred faults, and counts the others", async () => {
    const path = file("vouch.json", { communities: Array(150).fill(1) });
    expect(await vouch(["config", "check", "--config", path])).toBe(2);
    expect(remarked).toMatch(/\ncommunities\[99\]: .*\nand 50 more\n$/);
  });
});

describe("vouch snippet", () => {
  const path = file("site.json", {
    communities: [{ id: "acme" }],
    deployments: [
      { id: "plain", community: "acme" },
      { id: "green", community: "acme", appearance: { accent: "#00aa00", position: "right" } },
    ],
  });

  it("prints the HTML for a deployment, with both placeholders empty", async () => {
    expect(await vouch(["snippet", "plain", "--config", path, "--url", "https://chat.acme.example"])).toBe(0);
    expect(printed).toContain("https://chat.acme.example/messenger.js");
    expect(printed).toContain('deploymentId: "plain", contactJwt: "", platformJwt: ""');
    expect(printed).not.toContain("appearance");
  });

  it("gives the looks that differ from the usual ones, and takes PUBLIC_URL", async () => {
    await vouch(["snippet", "green"], { VOUCH_CONFIG: path, PUBLIC_URL: "https://chat.acme.example" });
    expect(printed).toContain('appearance: {"accent":"#00aa00"}');
  });

  it("names the deployments there are", async () => {
    expect(await vouch(["snippet", "blue", "--config", path])).toBe(1);
    expect(remarked).toMatch(/plain, green/);
  });
});

describe("vouch", () => {
  it.each([
    [["--help"], 0],
    [["token", "--help"], 0],
    [["--version"], 0],
    [[], 1],
    [["nonsense"], 1],
  ])("%j ends with %i", async (words, code) => {
    const info = vi.spyOn(console, "info").mockImplementation(() => {});
    expect(await vouch(words)).toBe(code);
    expect(info).toHaveBeenCalled();
    info.mockRestore();
  });
});
