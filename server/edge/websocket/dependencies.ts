import type { Clock } from "../../../shared/clock.ts";
import type { Limits } from "../../../shared/limits.ts";
import type { Message } from "../../../shared/protocol.ts";
import type { Agents } from "../../agent/agents.ts";
import type { Presence } from "../../agent/presence.ts";
import type { Conversations } from "../../conversation/conversations.ts";
import type { Bus } from "../../delivery/bus.ts";
import type { Log } from "../../observability/log.ts";
import type { Metrics } from "../../observability/metrics.ts";
import type { Sessions } from "../../session/sessions.ts";
import type { ClientAddresses } from "../access/client-address.ts";
import type { OriginGate } from "../access/origin-gate.ts";
import type { MessageAllowance } from "../limits/message-allowance.ts";
import type { Places } from "../limits/places.ts";
import type { TokenBuckets } from "../limits/token-buckets.ts";
import type { Departures } from "../load/departures.ts";
import type { QueuedBytes } from "../load/queued-bytes.ts";
import type { Shedding } from "../load/shedding.ts";
import type { LiveSessions } from "./live-sessions.ts";

/** What all sockets of a node share. */
export interface SocketDependencies {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly sessions: Sessions;
  readonly conversations: Conversations;
  readonly agents: Agents;
  readonly addresses: ClientAddresses;
  readonly origins: OriginGate;
  readonly liveSessions: LiveSessions;
  /** Messages of a session and of a contact, over HTTP and sockets together. */
  readonly messages: MessageAllowance;
  /** Frames of a session or of an agent's socket, of any kind: who goes through these as well is not a person typing. */
  readonly frames: TokenBuckets;
  /** Sockets of a contact. */
  readonly contacts: Places;
  readonly presence: Presence;
  readonly departures: Departures;
  readonly shedding: Shedding;
  readonly queued: QueuedBytes;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly encodeMessage: (conversationId: string, message: Message) => Buffer;
}
