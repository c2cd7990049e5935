import type { Clock } from "../../../shared/clock.ts";
import type { Administration } from "../../admin/administration.ts";
import type { Backups } from "../../admin/backups.ts";
import type { ContactAdministration } from "../../admin/contacts.ts";
import type { Agents } from "../../agent/agents.ts";
import type { Attachments } from "../../attachment/attachments.ts";
import type { AuditTrail } from "../../audit/audit-log.ts";
import type { Config } from "../../config/config.ts";
import type { Conversations } from "../../conversation/conversations.ts";
import type { Bus } from "../../delivery/bus.ts";
import type { TokenCheck } from "../../identity/check/token-check.ts";
import type { PlatformTokens } from "../../identity/platform-tokens.ts";
import type { Log } from "../../observability/log.ts";
import type { Metrics } from "../../observability/metrics.ts";
import type { Oidc } from "../../oidc/oidc.ts";
import type { Sessions } from "../../session/sessions.ts";
import type { ClientAddresses } from "../access/client-address.ts";
import type { OriginGate } from "../access/origin-gate.ts";
import type { Place } from "../access/own-origins.ts";
import type { EventStreams } from "../events/event-streams.ts";
import type { MessageAllowance } from "../limits/message-allowance.ts";
import type { SessionRequestLimit } from "../limits/session-requests.ts";
import type { TokenBuckets } from "../limits/token-buckets.ts";
import type { Bundles } from "../static/bundles.ts";
import type { SharedFiles } from "../static/shared-files.ts";
import type { LiveSessions } from "../websocket/live-sessions.ts";

/** What the routes work with; each file takes the part it needs. */
export interface RouteDependencies {
  readonly config: Config;
  readonly place: Place;
  readonly sessions: Sessions;
  readonly conversations: Conversations;
  readonly attachments: Attachments;
  readonly agents: Agents;
  readonly administration: Administration;
  readonly backups: Backups;
  readonly contactAdministration: ContactAdministration;
  readonly auditTrail: AuditTrail;
  readonly platformTokens: PlatformTokens;
  readonly tokenCheck: TokenCheck;
  readonly oidc: Oidc;
  readonly liveSessions: LiveSessions;
  readonly origins: OriginGate;
  readonly addresses: ClientAddresses;
  readonly sessionRequests: SessionRequestLimit;
  /** Requests for back-channel logout of an address: each is worth the look at a signature, and anybody may send them. */
  readonly logoutRequests: TokenBuckets;
  /** Messages of a session, over HTTP and its sockets together. */
  readonly messages: MessageAllowance;
  /** Frames of a session of any kind, over HTTP and its sockets together. */
  readonly frames: TokenBuckets;
  readonly events: EventStreams;
  /** Uploads of a session. */
  readonly uploads: TokenBuckets;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  readonly bundles: Bundles;
  readonly sharedFiles: Pick<SharedFiles, "find">;
  /** Resolves if requests can be served: the store answers and the server is not about to stop. */
  readonly ready: () => Promise<void>;
  readonly bus: Pick<Bus, "health">;
}
