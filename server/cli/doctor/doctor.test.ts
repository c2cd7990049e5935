import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { communityFile } from "../../identity/fixtures/signing.ts";
import { file, findings, folder, keys, network, ready, secret, site, usual } from "../testing/doctor-site.ts";
import { tryCommand } from "../testing/try-command.ts";
import { examineEnvironment } from "./environment.ts";

describe("vouch doctor", () => {
  it("finds nothing in an installation that is ready", async () => {
    const { code, text } = await findings(site());
    expect({ code, text }).toEqual({ code: 0, text: "" });
  });

  it("prints one line for each finding, its fix below, and the sums", async () => {
    const words = ["doctor", "--config", file("vouch.json", site())];
    const { code, printed } = await tryCommand(words, {
      env: { ...ready, NODE_ENV: "" },
      fetch: network(usual),
    });
    expect(code).toBe(1);
    expect(printed).toMatch(/^✗ NODE_ENV: is not set\n {4}fix: Set NODE_ENV=production/m);
    expect(printed).toMatch(/\nproblems: 1, warnings: 0\n$/);
  });

  it("makes no file and no directory", async () => {
    await findings(site(), { VOUCH_DATA_DIR: join(folder, "untouched") });
    expect(existsSync(join(folder, "untouched"))).toBe(false);
  });

  it("shows no secret", async () => {
    const weak = { ...ready, VOUCH_SECRET: "hunter2hunter2", VOUCH_ADMIN_TOKEN: "swordfish" };
    expect(JSON.stringify((await findings(site(), weak)).all)).not.toMatch(/hunter2|swordfish/);
  });
});

describe("vouch doctor looks at the environment", () => {
  it.each([
    ["PUBLIC_URL", { PUBLIC_URL: "" }, /problem PUBLIC_URL: is not set/],
    ["http", { PUBLIC_URL: "http://chat.acme.example" }, /problem PUBLIC_URL: .*in the clear/],
    [
      "a PUBLIC_URL with a path",
      { PUBLIC_URL: "https://a.example/chat" },
      /problem PUBLIC_URL: is no origin/,
    ],
    ["a weak VOUCH_SECRET", { VOUCH_SECRET: "changeme" }, /problem VOUCH_SECRET: has 8 bytes/],
    ["no VOUCH_SECRET", { VOUCH_SECRET: "" }, /warning VOUCH_SECRET: is not set.*makes one/],
    [
      "a former secret",
      { VOUCH_SECRET_PREVIOUS: `${secret}-0` },
      /warning VOUCH_SECRET_PREVIOUS: is still set/,
    ],
    ["a weak administrator token", { VOUCH_ADMIN_TOKEN: "admin" }, /problem VOUCH_ADMIN_TOKEN: has 5 bytes/],
    ["loopback", { VOUCH_ALLOW_LOOPBACK: "1" }, /problem VOUCH_ALLOW_LOOPBACK/],
    ["no proxies", { TRUSTED_PROXIES: "" }, /warning TRUSTED_PROXIES: .*limits of one/],
    ["a bad port", { PORT: "eighty" }, /problem PORT: must be a whole number/],
    ["development", { NODE_ENV: "development" }, /problem NODE_ENV: is “development”/],
  ])("%s", async (_, env, says) => {
    const { text, code } = await findings(site(), { ...ready, ...env });
    expect(text).toMatch(says);
    expect(code).toBe(/^problem/m.test(text) ? 1 : 0);
  });

  it.each([
    ["v22.17.9", "problem"],
    ["v22.18.0", "fine"],
    ["v24.1.0", "fine"],
    ["v9.99.9", "problem"],
  ])("Node %s: %s", (version, level) => {
    expect(examineEnvironment(ready, version).find(({ subject }) => subject === "Node")?.level).toBe(level);
  });
});

describe("vouch doctor looks at the data directory", () => {
  it("that others may open, with secrets in it", async () => {
    const data = join(folder, "open");
    mkdirSync(data, { mode: 0o755 });
    chmodSync(data, 0o755);
    const env = { ...ready, VOUCH_DATA_DIR: data };
    expect((await findings(site(), env)).text).toMatch(/^warning data permissions: .*chmod 700/);
    writeFileSync(join(data, "secret"), "x", { mode: 0o644 });
    expect((await findings(site(), env)).text).toMatch(/^problem data permissions: other users may open/);
    chmodSync(data, 0o700);
    expect((await findings(site(), env)).text).toBe("");
  });

  it("and takes what the server keeps there for a possible configuration", async () => {
    const data = join(folder, "kept");
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(join(data, "vouch.db"), "");
    const env = { ...ready, VOUCH_DATA_DIR: data };
    expect((await findings({}, env)).text).toMatch(/^warning deployments: there is none in the file/m);
    expect((await findings({})).text).toMatch(/^problem deployments/m);
  });

  it("that is a file", async () => {
    const env = { ...ready, VOUCH_DATA_DIR: file("not-a-directory", "x") };
    expect((await findings(site(), env)).text).toMatch(/problem VOUCH_DATA_DIR: .* is a file/);
  });
});

describe("vouch doctor looks at the configuration", () => {
  const shared = { kid: "s", alg: "HS256", secret: `${secret}-3` };
  it.each([
    ["a fault", { ...site(), x: 1 }, /problem x: is not a member/],
    ["many faults", { communities: Array(150).fill(1) }, /problem configuration: has 50 more faults/],
    ["no deployment", { communities: [{ ...communityFile, keys }] }, /problem deployments: there is none/],
    ["accept", site({ signedIdentities: "accept" }), /warning community acme: accepts visitors/],
    ["reject", site({ signedIdentities: "reject" }), /warning community acme: takes no signed/],
    ["inactive", site({ active: false }), /warning community acme: is switched off/],
    [
      "keys by URL for any audience",
      site({ keys: [{ jwksUrl: "https://login.acme.example/jwks.json" }], audience: null }),
      /warning configuration: .*for whichever client, .*set audience/,
    ],
    ["no keys", site({ keys: [] }), /problem community acme: has no key/],
    ["a shared token", site({ keys: [shared] }), /warning community acme: has a shared token/],
    ["long lifetimes", site({ maxTokenLifetimeSeconds: 30 * 86_400 }), /warning community acme: .* 30 days/],
    ["a wide skew", site({ clockSkewSeconds: 600 }), /warning community acme: forgives 600 s/],
    ["no origins", site({}, { allowedOrigins: [] }), /problem deployment acme-web: may be embedded nowhere/],
    [
      "http",
      site({}, { allowedOrigins: ["http://www.acme.example"] }),
      /problem deployment acme-web: .*on the way/,
    ],
    [
      "localhost",
      site({}, { allowedOrigins: ["http://localhost:*"] }),
      /warning deployment acme-web: .*customer's machine/,
    ],
    [
      "wildcards",
      site({}, { allowedOrigins: ["https://*.acme.example"] }),
      /warning deployment acme-web: .*weakest/,
    ],
    ["an inactive deployment", site({}, { active: false }), /warning deployment acme-web: is switched off/],
  ])("%s", async (_, config, says) => {
    const { text, code } = await findings(config);
    expect(text).toMatch(says);
    expect(code).toBe(/^problem/m.test(text) ? 1 : 0);
  });
});
