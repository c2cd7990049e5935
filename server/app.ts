/**
 * Where everything meets: builds the parts, hands them to each other, listens. Nothing is decided here. Long, because it is a list:
 * in several files one would have to look for who is handed what.
 */

import { randomBytes, randomUUID } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { type Clock, systemClock } from "../shared/clock.ts";
import { ProblemError } from "../shared/problem-error.ts";
import { createAdministration } from "./admin/administration.ts";
import { createBackups } from "./admin/backups.ts";
import { createContactAdministration, tellErased } from "./admin/contacts.ts";
import { createKeyUsage } from "./admin/key-usage.ts";
import { createRetention } from "./admin/retention.ts";
import { createAgents } from "./agent/agents.ts";
import { createPresence } from "./agent/presence.ts";
import { assembleAttachments } from "./attachment/assemble.ts";
import { createAuditLog } from "./audit/audit-log.ts";
import { makeDataDirectory } from "./config/data-directory.ts";
import type { Environment } from "./config/environment.ts";
import { createLiveConfig } from "./config/live-config.ts";
import type { FileConfiguration } from "./config/load.ts";
import { createSealer } from "./config/secret.ts";
import { turnSecret } from "./config/turn-secret.ts";
import { createConversations } from "./conversation/conversations.ts";
import { openBus } from "./delivery/open-bus.ts";
import { createClientAddresses } from "./edge/access/client-address.ts";
import { createOriginGate } from "./edge/access/origin-gate.ts";
import { describePlace } from "./edge/access/own-origins.ts";
import { createIdentify } from "./edge/access/principal.ts";
import { createEventStreams } from "./edge/events/event-streams.ts";
import { createHttpApp } from "./edge/http/app.ts";
import type { Route } from "./edge/http/route.ts";
import { createRoutes } from "./edge/http/routes.ts";
import { createAllowances } from "./edge/limits/allowances.ts";
import { createPlaces } from "./edge/limits/places.ts";
import { createSessionRequestLimit } from "./edge/limits/session-requests.ts";
import { closeHttp, listen, trackQuietConnections } from "./edge/listening.ts";
import { createDepartures } from "./edge/load/departures.ts";
import { createQueuedBytes } from "./edge/load/queued-bytes.ts";
import { measureProcess } from "./edge/load/readings.ts";
import { shedSessionRequests } from "./edge/load/shed-session-requests.ts";
import { createShedding } from "./edge/load/shedding.ts";
import { type Bundles, readBundles, warmBundles } from "./edge/static/bundles.ts";
import { createSharedFiles } from "./edge/static/shared-files.ts";
import { createCatchUp } from "./edge/websocket/catch-up.ts";
import type { SocketDependencies } from "./edge/websocket/dependencies.ts";
import { createGateway } from "./edge/websocket/gateway.ts";
import { createLiveSessions } from "./edge/websocket/live-sessions.ts";
import { createMessageEncoder } from "./edge/websocket/server-frames.ts";
import { within } from "./edge/within.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { createTokenCheck } from "./identity/check/token-check.ts";
import { createGate } from "./identity/gate.ts";
import { createJwkSets } from "./identity/jwk-sets/create-jwk-sets.ts";
import { createPlatformTokens } from "./identity/platform-tokens.ts";
import { createLog, type Log } from "./observability/log.ts";
import { createMetrics } from "./observability/metrics.ts";
import { createOidc } from "./oidc/oidc.ts";
import { createRevocations } from "./oidc/revocations.ts";
import { createGuardedFetch } from "./outbound/create-guarded-fetch.ts";
import { createSharedLocks } from "./redis/shared-locks.ts";
import { createRandomAhead } from "./session/random-ahead.ts";
import { createSessions } from "./session/sessions.ts";
import { openPostgresStore } from "./store/postgres/open.ts";
import { openSqliteStore } from "./store/sqlite/open.ts";
import type { Store } from "./store/store.ts";

export interface ServerOptions {
  readonly environment: Environment;
  readonly file: FileConfiguration;
  readonly clock?: Clock;
  /** Default: the one that the environment names. The server closes it. */
  readonly store?: Store;
  /** Default: what `npm run build` left in `dist/`. */
  readonly bundles?: Bundles;
  /** Default: silent. */
  readonly log?: Log;
}

export interface RunningServer {
  /** Address listened on, as an origin. */
  readonly url: string;
  /** The origin that browsers are sent to. */
  readonly publicOrigin: string;
  readonly store: Store;
  readonly routes: readonly Route[];
  /** Called about once a second by itself: expiry and pulses. */
  sweep(): void;
  /** Takes over another configuration file: what it switches off or removes ends within a second. */
  reload(file: FileConfiguration): Promise<void>;
  /** Sends everybody away one after the other, finishes what is under way, flushes the store. Idempotent. */
  close(): Promise<void>;
  /** Closing, sends away at once whoever is still here. */
  hurry(): void;
  /** Longest time that `close` may take, in milliseconds. */
  readonly stopMs: number;
}

/** For what is under way once the sockets have been sent away. */
const finishMs = 8000;
/** For that, and for the store to flush. */
const endMs = 10_000;
const readyMs = 2000;
/** A client that sends its request drop by drop is cut off. */
const headersMs = 10_000;
/** Of an upload; a body in JSON has half a minute (`read-body.ts`). */
const requestMs = 15 * 60_000;

async function openStore({ database, dataDir }: Environment): Promise<Store> {
  if (database) return openPostgresStore(database);
  makeDataDirectory(dataDir);
  return openSqliteStore(join(dataDir, "vouch.db"));
}

/** @throws MissingBuildError, and whatever `listen` or the store throws */
export async function createServer(options: ServerOptions): Promise<RunningServer> {
  const { environment, file, clock = systemClock } = options;
  const { limits } = file.parts;
  const log = options.log ?? createLog("silent", { write() {} });
  const bundles = options.bundles ?? (await readBundles(join(import.meta.dirname, "..", "dist")));
  const store = options.store ?? (await openStore(environment));
  const bus = await openBus({
    redis: environment.redis,
    siteId: file.parts.siteId,
    random: Math.random,
    log,
  });
  const sealer = createSealer(environment.secret, environment.previousSecret);
  await turnSecret({ store, sealer, environment, log });
  const sharedFiles = createSharedFiles({
    scripts: bus,
    sealer,
    files: new Map([...bundles.messenger.files, ...bundles.console.files]),
  });
  // Before anybody is given a page that asks other nodes for them.
  await sharedFiles.offer();
  const { allowLoopback } = environment;
  const config = await createLiveConfig({ file, store, sealer, clock, allowLoopback });
  const warn = (warnings: readonly string[]) => {
    for (const warning of warnings) log.warn({ event: "configuration_warning", warning });
  };
  warn([...environment.warnings, ...config.warnings]);
  const audit = createAuditLog(store, clock, log);
  const keyUsage = createKeyUsage({ store, clock });
  const guardedFetch = createGuardedFetch({ allowLoopback });
  const jwkSets = createJwkSets({
    fetch: guardedFetch,
    store,
    clock,
    audit,
    random: Math.random,
    urls: () => [
      ...[...config.communities.values()].flatMap(({ jwksUrls }) => jwksUrls),
      ...oidc.jwksUris(config.communities.values()),
    ],
    failed: (error) => log.error({ event: "jwks_failed", error }),
  });
  const gate = createGate({ clock, limits, jwkSets, keyUsed: keyUsage.used });
  const platformTokens = await createPlatformTokens({ store, sealer, clock, limits });
  const oidc = createOidc({
    fetch: guardedFetch,
    allowLoopback,
    jwkSets,
    sealer,
    clock,
    limits,
    randomBytes,
    publicOrigin: () => place.publicOrigin,
    unreachable: ({ discoveryUri }, reason) => log.warn({ event: "oidc_unreachable", discoveryUri, reason }),
  });
  const revocations = createRevocations({
    store,
    oidc,
    config,
    clock,
    failed: (error) => log.error({ event: "revocation_failed", error }),
  });
  const sessions = createSessions({
    store,
    bus,
    clock,
    gate,
    platformTokens,
    oidc,
    config,
    randomBytes: createRandomAhead(),
    locks: createSharedLocks(bus),
  });
  const attachments = assembleAttachments({
    dataDir: environment.dataDir,
    storage: environment.attachments,
    settings: file.parts.attachments,
    limits,
    store,
    clock,
    failed: (error) => log.error({ event: "attachment_failed", error }),
  });
  const conversations = createConversations({ store, bus, clock, limits, attachments });
  const agents = createAgents(environment, config);
  const addresses = createClientAddresses(environment.trustedProxies);
  const liveSessions = createLiveSessions({ bus, clock, config, sessions, store });
  const catchUp = createCatchUp({ bus, store, clock });
  const allowances = createAllowances({ limits, clock, scripts: bus });

  const http = createHttpServer({ headersTimeout: headersMs, requestTimeout: requestMs });
  const endQuiet = trackQuietConnections(http);
  const address = await listen(http, environment.port, environment.host);
  // Nothing below waits: the first connection is accepted when everything stands.
  const place = describePlace(environment.publicUrl, environment.host, address.port);
  const origins = createOriginGate(config, place);
  const presence = createPresence({
    nodeId: randomUUID(),
    bus,
    // A clock that is set would make desks come and go.
    clock: { now: () => performance.now() },
    later: setImmediate,
  });
  const queued = createQueuedBytes(limits.queuedBytesPerNode);
  const readings = measureProcess();
  const shedding = createShedding({
    bounds: limits,
    sockets: () => gateway.total() + events.count(),
    read: readings.read,
    random: Math.random,
    log,
  });
  const departures = createDepartures({
    spreadMs: limits.drainSpreadMs,
    random: Math.random,
    now: () => performance.now(),
    every(ms, run) {
      const timer = setInterval(run, ms);
      return () => clearInterval(timer);
    },
  });
  const metrics = createMetrics({
    now: () => performance.now(),
    load: () => ({
      sockets: { ...gateway.count(), stream: events.count() },
      queuedBytes: queued.total,
      pressure: shedding.pressure,
    }),
    bus,
  });
  const live: SocketDependencies = {
    limits,
    clock,
    bus,
    sessions,
    conversations,
    agents,
    addresses,
    origins,
    liveSessions,
    messages: allowances.messages,
    frames: allowances.frames,
    contacts: createPlaces(limits.socketsPerContact),
    presence,
    departures,
    shedding,
    queued,
    metrics,
    log,
    encodeMessage: createMessageEncoder(),
  };
  const gateway = createGateway(live);
  const events = createEventStreams(live);
  const erased = tellErased(bus);
  const retention = createRetention({
    store,
    clock,
    communities: () => config.communities.values(),
    erased,
    failed: (error) => log.error({ event: "sweep_failed", error }),
  });
  let closing: Promise<void> | null = null;
  const routes = createRoutes({
    config,
    place,
    sessions,
    conversations,
    attachments,
    agents,
    administration: createAdministration({
      config,
      sealer,
      clock,
      randomBytes,
      keyUsage,
      jwkSets,
      changed() {
        liveSessions.sweep();
        bus.publish("configuration", { kind: "changed", revision: config.revision });
      },
    }),
    backups: createBackups({ store, dataDir: environment.dataDir, audit }),
    contactAdministration: createContactAdministration({ store, clock, audit, erased }),
    auditTrail: audit,
    platformTokens,
    tokenCheck: createTokenCheck({
      clock,
      limits,
      jwkSets,
      config,
      platformKeys: platformTokens.keys,
      providerOf: oidc.providerOf,
      lookUp: store.tokenState,
    }),
    oidc,
    liveSessions,
    origins,
    addresses,
    sessionRequests: shedSessionRequests(
      createSessionRequestLimit(limits.sessionRequestsPerMinute, bus),
      shedding,
      metrics,
    ),
    logoutRequests: allowances.logouts,
    messages: allowances.messages,
    uploads: allowances.uploads,
    frames: allowances.frames,
    events,
    log,
    clock,
    metrics,
    bundles,
    sharedFiles,
    async ready() {
      if (closing) throw new ProblemError("unavailable", { detail: "The server is about to stop." });
      await within(readyMs, store.ping());
    },
    bus,
  });
  const app = createHttpApp(routes, {
    place,
    origins,
    addresses,
    identify: createIdentify({ agents, sessions }),
    limits,
    clock,
    log,
  });
  // Health checks of some load balancers speak HTTP/1.0 and name no host.
  http.on("request", getRequestListener(app.fetch, { hostname: new URL(place.publicOrigin).host }));
  http.on("upgrade", gateway.upgrade);

  warmBundles(bundles).catch((error: unknown) => log.error({ event: "compression_failed", error }));

  const housekeeping = startHousekeeping({
    bus,
    config,
    allowances,
    attachments,
    catchUp,
    events,
    gateway,
    jwkSets,
    keyUsage,
    liveSessions,
    presence,
    retention,
    revocations,
    sessions,
    sharedFiles,
    shedding,
    log,
  });

  async function reload(next: FileConfiguration): Promise<void> {
    await config.reload(next);
    audit.note({
      actor: "server",
      action: "configuration.reloaded",
      target: "configuration",
      detail: "The configuration file was read anew.",
    });
    warn(config.warnings);
    liveSessions.sweep();
  }

  function cut(): void {
    gateway.close();
    events.close();
  }

  async function close(): Promise<void> {
    await departures.start();
    presence.close();
    await closeHttp(http, { limitMs: finishMs, endQuiet, cut });
    readings.close();
    housekeeping.close();
    jwkSets.close();
    await bus.close();
    await keyUsage.write().catch((error: unknown) => log.error({ event: "sweep_failed", error }));
    await store.close();
  }

  return {
    url: address.url,
    publicOrigin: place.publicOrigin,
    store,
    routes,
    sweep: housekeeping.sweep,
    reload,
    close: () => (closing ??= close()),
    hurry: departures.hurry,
    stopMs: limits.drainSpreadMs + endMs,
  };
}
