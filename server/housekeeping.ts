import type { KeyUsage } from "./admin/key-usage.ts";
import type { Retention } from "./admin/retention.ts";
import type { Presence } from "./agent/presence.ts";
import type { Attachments } from "./attachment/attachments.ts";
import type { LiveConfig } from "./config/live-config.ts";
import type { Bus } from "./delivery/bus.ts";
import type { EventStreams } from "./edge/events/event-streams.ts";
import type { Allowances } from "./edge/limits/allowances.ts";
import type { Shedding } from "./edge/load/shedding.ts";
import type { SharedFiles } from "./edge/static/shared-files.ts";
import type { CatchUp } from "./edge/websocket/catch-up.ts";
import type { Gateway } from "./edge/websocket/gateway.ts";
import type { LiveSessions } from "./edge/websocket/live-sessions.ts";
import type { JwkSets } from "./identity/jwk-sets.ts";
import type { Log } from "./observability/log.ts";
import type { Revocations } from "./oidc/revocations.ts";
import type { Sessions } from "./session/sessions.ts";

const sweepMs = 1000;
const lookMs = 500;
const settleMs = 100;
const refreshMs = 3000;
const forgetMs = 60_000;

/** What a node does again and again without being asked, and what it reads anew where hints of other nodes may be missing. */
export interface Housekeeping {
  /** Called about once a second by itself: expiry and pulses. */
  sweep(): void;
  close(): void;
}

export function startHousekeeping(parts: {
  readonly bus: Bus;
  readonly config: LiveConfig;
  readonly allowances: Allowances;
  readonly attachments: Attachments;
  readonly catchUp: CatchUp;
  readonly events: EventStreams;
  readonly gateway: Gateway;
  readonly jwkSets: JwkSets;
  readonly keyUsage: KeyUsage;
  readonly liveSessions: LiveSessions;
  readonly presence: Presence;
  readonly retention: Retention;
  readonly revocations: Revocations;
  readonly sessions: Sessions;
  readonly sharedFiles: SharedFiles;
  readonly shedding: Shedding;
  readonly log: Log;
}): Housekeeping {
  const { bus, config, allowances, attachments, catchUp, events, gateway, jwkSets, keyUsage } = parts;
  const { liveSessions, presence, retention, revocations, sessions, sharedFiles, shedding, log } = parts;
  const failed = (error: unknown): void => log.error({ event: "sweep_failed", error });

  function sweep(): void {
    liveSessions.sweep();
    gateway.checkPulses();
    events.checkPulses();
    shedding.sweep();
    presence.sweep();
    jwkSets.sweep();
    void revocations.sweep();
  }

  /** What other nodes did is asked of the store where their hints don't come. */
  function look(): void {
    if (bus.health === "cut" || bus.health === "partial") liveSessions.look();
    catchUp.sweep();
  }

  async function refreshConfiguration(): Promise<void> {
    try {
      if (await config.refresh()) liveSessions.sweep();
    } catch (error) {
      failed(error);
    }
  }

  function forget(): void {
    allowances.sweep();
    attachments.sweep().catch(failed);
    void retention.sweep();
    keyUsage.write().catch(failed);
    sessions.sweep().catch(failed);
    void sharedFiles.offer();
  }

  bus.subscribe("configuration", ({ revision }) => {
    if (revision > config.revision) void refreshConfiguration();
  });
  bus.onDoubt(() => {
    liveSessions.look();
    catchUp.look();
    void refreshConfiguration();
  });
  // The first fetch of each set: whoever needs one of its keys meanwhile waits for that fetch.
  jwkSets.sweep();
  const timers = [
    setInterval(sweep, sweepMs),
    setInterval(look, lookMs),
    setInterval(allowances.settle, settleMs),
    setInterval(forget, forgetMs),
    setInterval(() => bus.health !== "certain" && void refreshConfiguration(), refreshMs),
  ];

  return {
    sweep,
    close() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
