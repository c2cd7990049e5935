import { timestamp } from "../../../shared/clock.ts";
import { ProblemError } from "../../../shared/problem-error.ts";
import {
  type ClientFrame,
  type ConversationStatus,
  closeCodes,
  type Message,
  type ServerFrame,
} from "../../../shared/protocol.ts";
import type { Onlooker } from "../../agent/presence.ts";
import { Feed, type Reader } from "../../conversation/feed.ts";
import type { ConversationEvent, Subscription } from "../../delivery/bus.ts";
import type { SessionDetails } from "../../store/store.ts";
import type { Place } from "../limits/places.ts";
import { parseClientFrame } from "./client-frames.ts";
import { perform } from "./customer-frames.ts";
import { Deliveries } from "./deliveries.ts";
import type { SocketDependencies } from "./dependencies.ts";
import type { LiveSession, SessionSocket } from "./live-sessions.ts";
import type { Listener, Outlet } from "./outlet.ts";
import { encodeFrame } from "./server-frames.ts";

type AuthFrame = Extract<ClientFrame, { t: "auth" }>;

/**
 * Admits a customer's socket.
 *
 * The order makes the race of connecting against logging out harmless: first listen for the session's end, then ask the
 * store again whether it has ended. Whichever comes first, one of the two sees it. The same holds for messages of other
 * nodes.
 *
 * @throws ProblemError `session_*`, `origin_not_allowed`
 */
export async function admitCustomer(
  outlet: Outlet,
  auth: AuthFrame,
  origin: string | null,
  deps: SocketDependencies,
): Promise<Listener> {
  const claimed = await deps.sessions.authenticate(auth.token);
  deps.origins.require(origin, claimed.session.deploymentId);
  const place = deps.contacts.take(claimed.contact.id);
  if (place === null) throw new ProblemError("rate_limited", { detail: "Too many sockets of one contact." });
  const socket = new CustomerSocket(outlet, claimed, deps, place);
  try {
    await deps.bus.settled();
    socket.start(await deps.sessions.authenticate(auth.token), auth);
    return socket;
  } catch (error) {
    socket.closed();
    throw error;
  }
}

class CustomerSocket implements Listener, SessionSocket, Onlooker, Reader {
  readonly #outlet: Outlet;
  readonly #deps: SocketDependencies;
  readonly #live: LiveSession;
  readonly #sessionId: string;
  readonly #conversationId: string;
  readonly #events: Subscription;
  readonly #place: Place;
  /** The conversation's, as last told. */
  #state: ConversationStatus | null = null;
  /** null until the state has been read. */
  #feed: Feed | null = null;
  /** null: the client tells of deliveries, or nothing has been delivered yet. */
  #deliveries: Deliveries | null = null;
  #tellsDeliveries = true;
  /**
   * What came by before there was a feed, the newest of each kind: it may be younger than the state that was read. null once
   * that has been told.
   */
  #early: Map<string, ConversationEvent> | null = new Map();

  /** @param place of the contact, given back once it has gone */
  constructor(
    outlet: Outlet,
    { session, ...details }: SessionDetails,
    deps: SocketDependencies,
    place: Place,
  ) {
    this.#place = place;
    this.#outlet = outlet;
    this.#deps = deps;
    this.#sessionId = session.id;
    this.#conversationId = session.conversationId;
    this.#live = deps.liveSessions.join({ session, ...details }, this);
    this.#events = deps.bus.subscribe(`conversation:${session.conversationId}`, this);
  }

  start({ conversation, session }: SessionDetails, auth: AuthFrame): void {
    this.#tellsDeliveries = auth.delivered === true;
    const { lastSeq, customer, agent, state } = conversation;
    const conversationId = this.#conversationId;
    this.#post({
      t: "ready",
      conversationId,
      lastSeq,
      readSeq: customer.read,
      agent,
      heartbeatMs: this.#deps.limits.heartbeatMs,
    });
    this.#become(state);
    this.#feed = new Feed({ afterSeq: startOf(auth, lastSeq), lastSeq, reader: this });
    const early = this.#early;
    this.#early = null;
    for (const event of early?.values() ?? []) this.handleEvent(event);
    this.#deps.presence.watch(this);
    this.presenceChanged(this.#deps.presence.online());
    this.#deps.liveSessions.touch(session);
  }

  text(text: string): void {
    if (!this.#withinRate()) return;
    const frame = parseClientFrame(text, this.#deps.limits.jsonDepth);
    if (frame === null || frame.t === "auth") this.#outlet.close(closeCodes.badFrame, "request_invalid");
    else if (frame.t === "ping") this.#post({ t: "pong" });
    else {
      this.#deps.liveSessions.touch(this.#live.session);
      void perform(frame, this.#live, this.#deps, (answer) => this.#post(answer));
    }
  }

  pinged(): void {
    this.#withinRate();
  }

  drained(): void {
    this.#feed?.resume();
  }

  async read(after: number, limit: number): Promise<readonly Message[]> {
    return (await this.#deps.conversations.messages(this.#conversationId, { after, limit })).messages;
  }

  emit(message: Message): void {
    this.#outlet.send(this.#deps.encodeMessage(this.#conversationId, message));
    // Sending may have ended the connection, for being full.
    const isWritten = this.#outlet.open;
    if (isWritten && !this.#tellsDeliveries && message.author.kind !== "contact")
      this.#delivered(message.seq);
  }

  #delivered(seq: number): void {
    this.#deliveries ??= new Deliveries((conversationId, seq) =>
      this.#deps.conversations.mark(conversationId, "contact", "delivered", seq),
    );
    this.#deliveries.written(this.#conversationId, seq);
  }

  ready(): boolean {
    return !this.#outlet.congested;
  }

  /** The client comes back with its position, to a node that can read. */
  failed(error: unknown): void {
    this.#outlet.fail(error);
  }

  closed(): void {
    this.#events.end();
    this.#feed?.close();
    this.#deliveries?.end();
    this.#place.leave();
    this.#deps.presence.unwatch(this);
    this.#deps.liveSessions.leave(this.#sessionId, this);
  }

  /** Said where it is news: what a message of the customer opens is open mostly. */
  #become(state: ConversationStatus): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#post({ t: "state", conversationId: this.#conversationId, state });
  }

  presenceChanged(online: boolean): void {
    this.#post({ t: "presence", online });
  }

  expiring(expiresAt: number): void {
    this.#post({ t: "session", state: "expiring", expiresAt: timestamp(expiresAt) });
  }

  expired(expiresAt: number): void {
    this.#end("expired", expiresAt);
  }

  revoked(): void {
    this.#end("revoked", this.#deps.clock.now());
  }

  replaced(): void {
    this.#outlet.close(closeCodes.replaced, "replaced");
  }

  #end(state: "expired" | "revoked", expiresAt: number): void {
    this.#post({ t: "session", state, expiresAt: timestamp(expiresAt) });
    this.#outlet.close(closeCodes.notAuthenticated, `session_${state}`);
  }

  /** Something happened in the conversation. */
  handleEvent(event: ConversationEvent): void {
    const { conversationId } = event;
    if (this.#early) {
      const key = event.kind === "receipt" ? `${event.by} ${event.receipt}` : event.kind;
      const known = this.#early.get(key);
      // A repetition of an older message must not take the place of a newer one.
      if (event.kind !== "message" || known?.kind !== "message" || known.message.seq < event.message.seq)
        this.#early.set(key, event);
      return;
    }
    switch (event.kind) {
      case "message":
        if (event.message.author.kind === "contact") this.#become("open");
        this.#feed?.offer(event.message);
        break;
      case "reached":
        this.#feed?.reach(event.seq);
        break;
      case "receipt":
        this.#post({ t: "receipt", conversationId, by: event.by, kind: event.receipt, seq: event.seq });
        break;
      case "typing":
        if (event.by === "agent" && !this.#outlet.congested)
          this.#post({ t: "typing", conversationId, by: event.by, name: event.name, on: event.on });
        break;
      case "changed":
        this.#become(event.state);
    }
  }

  #withinRate(): boolean {
    if (this.#deps.frames.take(this.#sessionId) === 0) return true;
    this.#outlet.close(closeCodes.tooFast, "rate_limited");
    return false;
  }

  #post(frame: ServerFrame): void {
    this.#outlet.send(encodeFrame(frame));
  }
}

/** The `seq` after which messages are sent. Who has missed more than it wants to be sent reads on demand, and gets what is new. */
function startOf({ afterSeq, atMost }: AuthFrame, lastSeq: number): number {
  // A position beyond the end would wait for ever for what comes after it.
  const known = Math.min(afterSeq ?? lastSeq, lastSeq);
  return lastSeq - known > (atMost ?? Number.POSITIVE_INFINITY) ? lastSeq : known;
}
