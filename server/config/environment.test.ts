import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigurationError } from "./configuration-error.ts";
import { readEnvironment } from "./environment.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vouch-environment-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const strong = randomBytes(32).toString("hex");
const former = randomBytes(32).toString("hex");
const adminToken = randomBytes(32).toString("hex");
const agentToken = randomBytes(32).toString("hex");
const read = (env: NodeJS.ProcessEnv) => readEnvironment({ VOUCH_DATA_DIR: join(folder, "data"), ...env });

function faultPaths(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe("The environment", () => {
  it("has the defaults of the contract", () => {
    expect(read({ PORT: "", LOG_LEVEL: "" })).toEqual({
      port: 8080,
      host: "127.0.0.1",
      publicUrl: null,
      configPath: null,
      dataDir: join(folder, "data"),
      database: null,
      attachments: { kind: "disk" },
      redis: null,
      secret: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      previousSecret: null,
      adminToken: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      adminTokenGenerated: true,
      agentToken: null,
      logLevel: "info",
      trustedProxies: [],
      allowLoopback: false,
      production: false,
      warnings: [],
    });
  });

  it("is read whole", () => {
    const env = {
      PORT: "0",
      HOST: "::",
      PUBLIC_URL: "https://chat.acme.example/",
      VOUCH_CONFIG: "/etc/vouch.json",
      DATABASE_URL: "postgresql://vouch:hunter2@db:5433/vouch?sslmode=require",
      DATABASE_CONNECTIONS: "20",
      VOUCH_SECRET: strong,
      VOUCH_SECRET_PREVIOUS: former,
      VOUCH_ADMIN_TOKEN: adminToken,
      VOUCH_AGENT_TOKEN: agentToken,
      LOG_LEVEL: "debug",
      TRUSTED_PROXIES: "10.0.0.0/8, ::1",
      VOUCH_ALLOW_LOOPBACK: "1",
      NODE_ENV: "production",
    };
    expect(read(env)).toEqual({
      port: 0,
      host: "::",
      publicUrl: "https://chat.acme.example",
      configPath: "/etc/vouch.json",
      dataDir: join(folder, "data"),
      database: { url: "postgresql://vouch:hunter2@db:5433/vouch?sslmode=require", connections: 20 },
      attachments: { kind: "disk" },
      redis: null,
      secret: strong,
      previousSecret: former,
      adminToken,
      adminTokenGenerated: false,
      agentToken,
      logLevel: "debug",
      trustedProxies: ["10.0.0.0/8", "::1"],
      allowLoopback: true,
      production: true,
      warnings: [
        expect.stringContaining("without REDIS_URL"),
        expect.stringContaining("sslmode=verify-full"),
        expect.stringContaining("VOUCH_ALLOW_LOOPBACK"),
      ],
    });
    expect(existsSync(join(folder, "data"))).toBe(false);
  });

  it.each([
    ["PORT", { PORT: "65536" }],
    ["PORT", { PORT: "80a" }],
    ["PUBLIC_URL", { PUBLIC_URL: "chat.acme.example" }],
    ["PUBLIC_URL", { PUBLIC_URL: "https://acme.example/chat" }],
    ["PUBLIC_URL", { PUBLIC_URL: "ftp://acme.example" }],
    ["LOG_LEVEL", { LOG_LEVEL: "loud" }],
    ["TRUSTED_PROXIES", { TRUSTED_PROXIES: "10.0.0.0/33" }],
    ["TRUSTED_PROXIES", { TRUSTED_PROXIES: "proxy.local" }],
    ["DATABASE_URL", { DATABASE_URL: "postgres://db" }],
    ["DATABASE_URL", { DATABASE_URL: "mysql://db/vouch" }],
    ["DATABASE_URL", { DATABASE_URL: "db:5432/vouch" }],
    ["DATABASE_CONNECTIONS", { DATABASE_CONNECTIONS: "1" }],
    ["DATABASE_CONNECTIONS", { DATABASE_URL: "postgres://db/vouch", DATABASE_CONNECTIONS: "many" }],
    ["REDIS_URL", { REDIS_URL: "http://cache" }],
    ["VOUCH_ADMIN_TOKEN", { VOUCH_ADMIN_TOKEN: "two words" }],
    ["VOUCH_AGENT_TOKEN", { VOUCH_AGENT_TOKEN: "same", VOUCH_ADMIN_TOKEN: "same" }],
    ["VOUCH_SECRET", { VOUCH_SECRET: "short", NODE_ENV: "production" }],
    ["VOUCH_SECRET_PREVIOUS", { VOUCH_SECRET_PREVIOUS: "short", NODE_ENV: "production" }],
    ["VOUCH_SECRET", { VOUCH_SECRET: "changemechangemechangemechangeme", NODE_ENV: "production" }],
  ])("is refused for %s", (path, env) => {
    expect(faultPaths(env)).toEqual([path]);
    expect(existsSync(join(folder, "data"))).toBe(false);
  });

  it("takes one Redis or the servers of a cluster, and says what its nodes have to share", () => {
    const one = read({ REDIS_URL: "redis://cache", VOUCH_SECRET: strong });
    expect(one.redis).toMatchObject([{ host: "cache", port: 6379 }]);
    expect(one.warnings).toEqual([
      expect.stringContaining("VOUCH_ADMIN_TOKEN is this node's own"),
      expect.stringContaining("VOUCH_ATTACHMENTS is not set"),
    ]);
    expect(read({ REDIS_URL: "redis://a:7000,redis://b:7001" }).redis).toHaveLength(2);
  });

  describe("with a database that nodes share", () => {
    const secrets = { VOUCH_SECRET: strong, VOUCH_ADMIN_TOKEN: adminToken };
    const bucket = { VOUCH_ATTACHMENTS: "s3://bucket", AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
    const shared = { ...secrets, ...bucket, REDIS_URL: "redis://cache" };
    const local = "postgres://127.0.0.1/vouch";
    const warningsOf = (env: NodeJS.ProcessEnv) => read(env).warnings;

    it("warns of secrets of this node's own, and that nobody tells several nodes of revocations", () => {
      expect(warningsOf({ DATABASE_URL: local })).toEqual([
        expect.stringMatching(/VOUCH_SECRET is .* share DATABASE_URL/),
        expect.stringMatching(/VOUCH_ADMIN_TOKEN is .* share DATABASE_URL/),
        expect.stringContaining("without REDIS_URL"),
      ]);
      expect(warningsOf({ ...shared, DATABASE_URL: local })).toEqual([]);
    });

    it.each(["", "?sslmode=require", "?sslmode=disable", "?host=db2"])(
      "warns of another machine whose certificate nobody checks: db/vouch%s",
      (more) => {
        expect(warningsOf({ ...shared, DATABASE_URL: `postgres://db/vouch${more}` })).toEqual([
          expect.stringContaining("sslmode=verify-full"),
        ]);
      },
    );

    it.each([
      "postgres://db/vouch?sslmode=verify-full",
      "postgres://localhost/vouch",
      "postgres://[::1]:5432/vouch",
      "postgres:///vouch?host=/run/postgresql",
      "postgres://%2Frun%2Fpostgresql/vouch",
    ])("has nothing against %s", (DATABASE_URL) => {
      expect(warningsOf({ ...shared, DATABASE_URL })).toEqual([]);
    });
  });

  it("is refused with all of its faults in one go, and shows no value", () => {
    const env = {
      PORT: "hunter2",
      DATABASE_URL: "postgres://hunter2@db",
      VOUCH_SECRET: "hunter2",
      NODE_ENV: "production",
    };
    expect(faultPaths(env).toSorted()).toEqual(["DATABASE_URL", "PORT", "VOUCH_SECRET"]);
    expect(() => read(env)).toThrow(expect.not.stringContaining("hunter2"));
  });

  it("warns of a former secret that is the current one", () => {
    expect(read({ VOUCH_SECRET: strong, VOUCH_SECRET_PREVIOUS: strong }).warnings).toEqual([
      expect.stringContaining("leave it out"),
    ]);
  });

  it.each(["VOUCH_ADMIN_TOKEN", "VOUCH_AGENT_TOKEN"])("warns of a %s that can be guessed", (name) => {
    for (const weak of ["admin", "a".repeat(64), "your-256-bit-secret-your-256-bit-secret-your"])
      expect(read({ [name]: weak }).warnings, weak).toEqual([expect.stringContaining(name)]);
    expect(read({ [name]: strong }).warnings).toEqual([]);
  });

  it("warns of a weak VOUCH_SECRET outside production", () => {
    expect(read({ VOUCH_SECRET: "short" })).toMatchObject({
      secret: "short",
      warnings: [expect.stringContaining("VOUCH_SECRET")],
    });
  });
});

describe("Generated secrets", () => {
  it("last over a restart, readable by this user only, and are announced once", () => {
    const [first, second] = [read({}), read({})];
    expect(second).toMatchObject({
      secret: first.secret,
      adminToken: first.adminToken,
      adminTokenGenerated: false,
    });
    expect(first.secret).not.toBe(first.adminToken);
    for (const name of ["secret", "admin-token"]) {
      const path = join(folder, "data", name);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path, "utf8")).toMatch(/^[A-Za-z0-9_-]{43}$/);
    }
  });

  it("that are damaged are refused, not replaced: what they sealed would be lost", () => {
    read({});
    writeFileSync(join(folder, "data", "secret"), "");
    expect(faultPaths({})).toEqual(["VOUCH_DATA_DIR"]);
  });

  it("need a directory that can be made", () => {
    writeFileSync(join(folder, "file"), "");
    expect(faultPaths({ VOUCH_DATA_DIR: join(folder, "file", "data") })).toEqual(["VOUCH_DATA_DIR"]);
  });
});
