import { ProblemError } from "../../../shared/problem-error.ts";
import {
  type AgentClientFrame,
  type AgentServerFrame,
  closeCodes,
  type DeskAgent,
} from "../../../shared/protocol.ts";
import type { AgentRole } from "../../agent/agents.ts";
import type { Colleague } from "../../agent/presence.ts";
import type { ConversationEvent, Subscription } from "../../delivery/bus.ts";
import { parseAgentFrame } from "./client-frames.ts";
import { Deliveries } from "./deliveries.ts";
import type { SocketDependencies } from "./dependencies.ts";
import type { Listener, Outlet } from "./outlet.ts";
import { refusalOf } from "./refusal.ts";
import { encodeFrame } from "./server-frames.ts";

type AuthFrame = Extract<AgentClientFrame, { t: "auth" }>;
type SendFrame = Extract<AgentClientFrame, { t: "send" }>;

/** How the desk greets its user, until agents have names. */
const greetings: Readonly<Record<AgentRole, string>> = { agent: "Agent", administrator: "Administrator" };

/**
 * Admits an agent's socket: live events of every conversation. There is no resuming here; the desk sees by `seq` what it
 * missed in a conversation it shows, and reads that over HTTP.
 *
 * @throws ProblemError `session_missing`
 */
export async function admitAgent(
  outlet: Outlet,
  { token, delivered }: AuthFrame,
  deps: SocketDependencies,
): Promise<Listener> {
  const role = deps.agents.recognise(token);
  if (role === null)
    throw new ProblemError("session_missing", { detail: "The token is not that of an agent." });
  // In force before the desk is told that it may look at what there is.
  const early = deps.bus.subscribe("conversations", () => {});
  await deps.bus.settled();
  const socket = new AgentSocket(outlet, role, deps, delivered === true);
  early.end();
  return socket;
}

class AgentSocket implements Listener, Colleague {
  readonly agent: DeskAgent;
  readonly #outlet: Outlet;
  readonly #deps: SocketDependencies;
  readonly #events: Subscription;
  /** null: the desk tells of deliveries. */
  readonly #deliveries: Deliveries | null;

  constructor(outlet: Outlet, role: AgentRole, deps: SocketDependencies, tellsDeliveries: boolean) {
    this.#outlet = outlet;
    this.#deps = deps;
    this.#deliveries = tellsDeliveries
      ? null
      : new Deliveries((conversationId, seq) =>
          deps.conversations.mark(conversationId, "agent", "delivered", seq),
        );
    this.#events = deps.bus.subscribe("conversations", (event) => this.#happened(event));
    const { heartbeatMs } = deps.limits;
    this.agent = { name: greetings[role] };
    this.#post({ t: "ready", agent: this.agent, heartbeatMs });
    deps.presence.arrive(this);
  }

  text(text: string): void {
    if (!this.#withinRate()) return;
    const frame = parseAgentFrame(text, this.#deps.limits.jsonDepth);
    if (frame === null || frame.t === "auth") this.#outlet.close(closeCodes.badFrame, "request_invalid");
    else if (frame.t === "ping") this.#post({ t: "pong" });
    else void this.#act(frame);
  }

  pinged(): void {
    this.#withinRate();
  }

  drained(): void {}

  closed(): void {
    this.#events.end();
    this.#deliveries?.end();
    this.#deps.presence.leave(this);
  }

  agentsChanged(agents: readonly DeskAgent[]): void {
    this.#post({ t: "presence", agents });
  }

  async #act(frame: Exclude<AgentClientFrame, { t: "auth" | "ping" }>): Promise<void> {
    const { agents, conversations } = this.#deps;
    const { conversationId } = frame;
    try {
      if (frame.t === "send") await this.#send(frame);
      else if (frame.t === "typing") {
        const { deploymentId } = await conversations.get(conversationId);
        conversations.typing(conversationId, "agent", agents.authorName(deploymentId), frame.on);
      } else await conversations.mark(conversationId, "agent", frame.t, frame.seq);
    } catch (error) {
      this.#post({
        ...refusalOf(error, this.#deps, frame.t === "send" ? frame.id : undefined),
        conversationId,
      });
    }
  }

  async #send({ conversationId, id, text, attachments = [] }: SendFrame): Promise<void> {
    const { agents, conversations, metrics } = this.#deps;
    const arrivedAt = metrics.now();
    const { deploymentId } = await conversations.get(conversationId);
    const author = { kind: "agent", name: agents.authorName(deploymentId) } as const;
    const { message } = await conversations.send({
      conversationId,
      author,
      verified: true,
      sessionId: null,
      id,
      text,
      attachments,
    });
    this.#post({ t: "ack", conversationId, id, seq: message.seq, at: message.at });
    metrics.acknowledged("agent", arrivedAt);
  }

  #happened(event: ConversationEvent): void {
    // Nothing but typing is left out for a slow desk: what it never heard of it would not look for. Behind by a whole queue it is
    // closed, and looks at everything when it comes back.
    const { conversationId } = event;
    switch (event.kind) {
      case "message":
        this.#outlet.send(this.#deps.encodeMessage(conversationId, event.message));
        // Sending may have ended the connection, for being full.
        if (this.#outlet.open && event.message.author.kind === "contact")
          this.#deliveries?.written(conversationId, event.message.seq);
        break;
      case "receipt":
        this.#post({ t: "receipt", conversationId, by: event.by, kind: event.receipt, seq: event.seq });
        break;
      case "typing":
        if (event.by === "contact" && !this.#outlet.congested)
          this.#post({ t: "typing", conversationId, by: event.by, name: event.name, on: event.on });
        break;
      case "changed":
        this.#post({ t: "changed", conversationId, state: event.state, assignee: event.assignee });
        break;
      case "moved":
        this.#post({ t: "moved", conversationId, to: event.to });
    }
  }

  /** Each socket by itself: all agents may have the same token. */
  #withinRate(): boolean {
    if (this.#deps.frames.take(this) === 0) return true;
    this.#outlet.close(closeCodes.tooFast, "rate_limited");
    return false;
  }

  #post(frame: AgentServerFrame): void {
    this.#outlet.send(encodeFrame(frame));
  }
}
