/** A whole server in this process, with a store in memory unless told otherwise and two communities, for the tests of the edge. */

import { SignJWT } from "jose";
import { type Clock, systemClock } from "../../../shared/clock.ts";
import type { OpenedSession } from "../../../shared/protocol.ts";
import { createServer, type RunningServer } from "../../app.ts";
import type { Environment } from "../../config/environment.ts";
import { readFileContent } from "../../config/load.ts";
import { createLog } from "../../observability/log.ts";
import { openSqliteStore } from "../../store/sqlite/open.ts";
import type { Store } from "../../store/store.ts";
import type { Bundles } from "../static/bundles.ts";
import { createStaticFile } from "../static/static-file.ts";
import { openTestSocket, type TestSocket } from "./test-socket.ts";

export const adminToken = "administrator-token-of-the-tests-0001";
export const agentToken = "agent-token-of-the-tests-00000000001";
export const site = "https://www.acme.example";
export const otherSite = "https://www.other.example";

const secrets = {
  acme: "J5w0Zt8qWl2Xn7VbR4yKc9Hd3Gf6Ps1Ma0Ue",
  other: "k2Lr9Tz6Yq1Wm8Xs5Vd4Bn7Cj3Hg0Fp2Qa8I",
};

/** What a test adds to the configuration; `limits` override the defaults. */
interface Additions {
  readonly siteId?: number;
  readonly limits?: object;
  readonly communities?: readonly object[];
  readonly deployments?: readonly object[];
}

/** acme: visitors too; other: signed-in customers only. */
const configuration = ({ siteId = 10_000, limits, communities = [], deployments = [] }: Additions) => ({
  siteId,
  communities: [
    {
      id: "acme",
      name: "Acme",
      signedIdentities: "accept",
      keys: [{ kid: "k", alg: "HS256", secret: secrets.acme }],
      session: { idleSeconds: 1800, absoluteSeconds: 86_400 },
    },
    {
      id: "other",
      name: "Other",
      keys: [{ kid: "k", alg: "HS256", secret: secrets.other }],
    },
    ...communities,
  ],
  deployments: [
    deployment("acme-web", "acme", { allowedOrigins: [site, "http://localhost:*"] }),
    deployment("other-web", "other", { allowedOrigins: [otherSite] }),
    deployment("acme-off", "acme", { allowedOrigins: [site], active: false }),
    ...deployments,
  ],
  // A machine that stands still for seconds turns nobody away, unless the test says so.
  limits: {
    sessionRequestsPerMinute: 100_000,
    eventLoopDelayMs: 60_000,
    socketAuthMs: 60_000,
    ...limits,
  },
});

const deployment = (id: string, community: string, more: object) => ({
  id,
  community,
  name: `${id}.example`,
  appearance: { title: community === "acme" ? "Acme" : "Other" },
  ...more,
});

const environment: Environment = {
  port: 0,
  host: "127.0.0.1",
  publicUrl: null,
  configPath: null,
  dataDir: "",
  database: null,
  redis: null,
  attachments: { kind: "disk" },
  secret: "a-secret-of-the-tests-that-is-long-enough-0123456789",
  previousSecret: null,
  adminToken,
  adminTokenGenerated: false,
  agentToken,
  logLevel: "silent",
  trustedProxies: [],
  allowLoopback: true,
  production: false,
  warnings: [],
};

const script = (text: string) => createStaticFile(Buffer.from(text), "text/javascript; charset=utf-8");

const bundles: Bundles = {
  loader: script("/* loader */"),
  ofLoader: new Map([["connection", script("/* connection */")]]),
  messenger: {
    entry: { script: "main-abc.js", preload: ["shared-def.js"] },
    files: new Map([["main-abc.js", script("/* engine */")]]),
  },
  console: {
    entry: { script: "desk-abc.js", preload: [] },
    files: new Map([["desk-abc.js", script("/* desk */")]]),
  },
};

export interface TestServer extends RunningServer {
  /** Lines that were logged. */
  readonly logged: readonly string[];
  fetch(path: string, init?: TestRequest): Promise<Response>;
  /** A token signed with the community's key; `sub` is the identity. */
  token(identity: string, community?: keyof typeof secrets, expiresInSeconds?: number): Promise<string>;
  signIn(identity: string, community?: keyof typeof secrets): Promise<OpenedSession>;
  visit(): Promise<OpenedSession>;
  /** A socket that has not said anything yet. */
  socket(path?: string, origin?: string): TestSocket;
  /** A socket that has said who it is, and tells of deliveries itself; resolves with the `ready` frame taken. */
  live(sessionToken: string, afterSeq?: number): Promise<TestSocket>;
}

export interface TestRequest {
  readonly method?: string;
  readonly token?: string;
  readonly origin?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function startTestServer(
  options: Additions & {
    readonly clock?: Clock;
    readonly environment?: Partial<Environment>;
    /** What the configuration file finds in the environment. */
    readonly env?: NodeJS.ProcessEnv;
    /** Puts something between the server and its store. */
    readonly wrapStore?: (store: Store) => Store;
  } = {},
): Promise<TestServer> {
  const { clock = systemClock, wrapStore = (store) => store } = options;
  const logged: string[] = [];
  const server = await createServer({
    environment: { ...environment, ...options.environment },
    file: await readFileContent(configuration(options), options.env ?? {}),
    clock,
    // A database that the environment names is the server's own to open.
    ...(options.environment?.database ? {} : { store: wrapStore(await openSqliteStore(":memory:")) }),
    bundles,
    log: createLog("trace", { write: (line: string) => void logged.push(line) }),
  });

  const ask = (path: string, { method, token, origin, json, body, headers }: TestRequest = {}) =>
    fetch(server.url + path, {
      method: method ?? (json === undefined && body === undefined ? "GET" : "POST"),
      redirect: "manual",
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(origin !== undefined && { origin }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(body !== undefined && { body }),
    });

  async function open(deploymentId: string, identity: object): Promise<OpenedSession> {
    const response = await ask("/api/v1/sessions", { json: { deploymentId, identity } });
    if (response.status !== 201) throw new Error(await response.text());
    return (await response.json()) as OpenedSession;
  }

  const token: TestServer["token"] = (identity, community = "acme", expiresInSeconds = 3600) =>
    new SignJWT({ "comm100.name": identity[0]?.toUpperCase() + identity.slice(1) })
      .setProtectedHeader({ alg: "HS256", kid: "k" })
      .setSubject(identity)
      .setExpirationTime(Math.floor(clock.now() / 1000) + expiresInSeconds)
      .sign(Buffer.from(secrets[community]));

  const socket: TestServer["socket"] = (path = "/api/v1/socket", origin) =>
    openTestSocket(server.url.replace("http", "ws") + path, origin);

  return {
    ...server,
    logged,
    fetch: ask,
    token,
    signIn: async (identity, community = "acme") =>
      open(`${community}-web`, { type: "contactJwt", token: await token(identity, community) }),
    visit: () => open("acme-web", { type: "anonymous" }),
    socket,
    async live(sessionToken, afterSeq) {
      const client = socket();
      const resume = afterSeq !== undefined && { afterSeq };
      client.send({ t: "auth", token: sessionToken, delivered: true, ...resume });
      await client.next("ready");
      return client;
    },
  };
}
