import type { Clock } from "../../../shared/clock.ts";
import type { Contact } from "../../../shared/protocol.ts";
import type { Config } from "../../config/config.ts";
import { isInPlace } from "../../config/directory.ts";
import type { Bus, SessionEvent, Subscription } from "../../delivery/bus.ts";
import { isKeptByPolicy } from "../../session/policy.ts";
import { expiryOf } from "../../session/session-times.ts";
import type { Sessions } from "../../session/sessions.ts";
import type { SessionDetails, SessionRecord, SessionStore, SessionTimes } from "../../store/store.ts";
import { expiryNoticeAt, renewalNoticeAt } from "./expiry-notice.ts";
import { createRounds } from "./rounds.ts";

/** A socket of a session, as far as the session's fate goes. */
export interface SessionSocket {
  /**
   * Announced once for each expiry; `expiresAt` in milliseconds. Where it is the session's absolute expiry, a fresh token
   * alone puts it off.
   */
  expiring(expiresAt: number): void;
  expired(expiresAt: number): void;
  revoked(): void;
  /** Too many sockets of one session; this was the oldest. */
  replaced(): void;
}

/** What messages say of who wrote them. */
export type Author = Pick<Contact, "name" | "verified">;

/** A session with sockets on this node. */
export interface LiveSession {
  readonly session: SessionRecord;
  readonly contact: Author;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly expiresAt: number;
}

interface Entry extends LiveSession {
  session: SessionRecord;
  contact: Author;
  expiresAt: number;
  announced: boolean;
  /** The absolute expiry that was announced last; 0: none. */
  lifeAnnounced: number;
  /** The oldest first. Another array after each change: mostly there is one socket, and a set would cost more than it. */
  sockets: readonly SessionSocket[];
  readonly ends: Subscription;
}

export interface LiveSessions {
  /** Listens for the end of the session from now on. */
  join(details: SessionDetails, socket: SessionSocket): LiveSession;
  leave(sessionId: string, socket: SessionSocket): void;
  /** The customer did something, here or over HTTP. */
  touch(session: SessionRecord): void;
  /** The session's times, or what is known of the contact, changed under its sockets. */
  refresh(details: SessionDetails): void;
  /**
   * Called about once a second: announces and enforces expiry, ends what has lost its place, and asks the store about some
   * of the sessions: the bus may have dropped an end, and customers do something on other nodes as well.
   */
  sweep(): void;
  /** Asks the store about all of them now. */
  look(): void;
}

/** Alone: all else that is known of a contact would be the most of what a session keeps here. */
const authorOf = ({ contact: { name, verified } }: SessionDetails): Author => ({ name, verified });

/** Each session is asked for at least every so many sweeps. */
const sweepsForAll = 3;

/** Tabs of one browser and a few devices; more is a client that leaks connections. */
const socketsPerSession = 20;

export function createLiveSessions(deps: {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly config: Config;
  readonly sessions: Pick<Sessions, "touch" | "state">;
  readonly store: Pick<SessionStore, "liveAmong">;
}): LiveSessions {
  const { bus, clock, config, sessions, store } = deps;
  const entries = new Map<string, Entry>();
  const rounds = createRounds(sweepsForAll, async (ids) => {
    const live = new Map((await store.liveAmong(ids)).map((times) => [times.id, times]));
    for (const id of ids) {
      const entry = entries.get(id);
      const times = live.get(id);
      if (!times) revoke(entry);
      else if (entry) adopt(entry, times);
    }
  });

  const knownExpiryOf = (details: SessionDetails): number => Date.parse(sessions.state(details).expiresAt);

  function admit(details: SessionDetails): Entry {
    const { id } = details.session;
    const known = entries.get(id);
    if (known) return known;
    const entry: Entry = {
      session: details.session,
      contact: authorOf(details),
      expiresAt: knownExpiryOf(details),
      announced: false,
      lifeAnnounced: 0,
      sockets: [],
      ends: bus.subscribe(`session:${id}`, ended),
    };
    entries.set(id, entry);
    return entry;
  }

  /** Expiry only ever moves forwards; a record read before a renewal must not take it back. */
  function moveExpiry(entry: Entry, expiresAt: number): void {
    if (expiresAt <= entry.expiresAt) return;
    entry.expiresAt = expiresAt;
    entry.announced = false;
  }

  /** What another node wrote down when the customer did something there, or renewed the session. */
  function adopt(entry: Entry, { idleExpiresAt, absoluteExpiresAt }: SessionTimes): void {
    const { session } = entry;
    if (idleExpiresAt <= session.idleExpiresAt && absoluteExpiresAt <= session.absoluteExpiresAt) return;
    entry.session = { ...session, idleExpiresAt, absoluteExpiresAt };
    moveExpiry(entry, expiryOf(entry.session));
  }

  /** One function for all sessions. */
  function ended({ sessionId }: SessionEvent): void {
    revoke(entries.get(sessionId));
  }

  function revoke(entry: Entry | undefined): void {
    for (const socket of entry?.sockets ?? []) socket.revoked();
  }

  function announce(entry: Entry, now: number): void {
    const { session, expiresAt } = entry;
    const { absoluteExpiresAt } = session;
    const times = config.communities.get(session.communityId)?.session;
    const renewalAt = renewalNoticeAt(session, times);
    if (renewalAt !== null && now >= renewalAt && entry.lifeAnnounced < absoluteExpiresAt) {
      entry.lifeAnnounced = absoluteExpiresAt;
      for (const socket of entry.sockets) socket.expiring(absoluteExpiresAt);
    }
    if (!entry.announced && now >= expiryNoticeAt(session, expiresAt, times)) {
      entry.announced = true;
      for (const socket of entry.sockets) socket.expiring(expiresAt);
    }
  }

  function refresh(details: SessionDetails): void {
    const entry = entries.get(details.session.id);
    if (!entry) return;
    if (details.session.absoluteExpiresAt >= entry.session.absoluteExpiresAt) {
      entry.session = details.session;
      entry.contact = authorOf(details);
    }
    moveExpiry(entry, knownExpiryOf(details));
  }

  return {
    join(details, socket) {
      const entry = admit(details);
      refresh(details);
      // Not by spreading, which makes room for sixteen more.
      entry.sockets = entry.sockets.concat(socket);
      const [oldest, ...rest] = entry.sockets;
      if (rest.length >= socketsPerSession) {
        // Now: one that is still being admitted leaves only once that is over, and those who join meanwhile would all replace it.
        entry.sockets = rest;
        oldest?.replaced();
      }
      return entry;
    },
    leave(sessionId, socket) {
      const entry = entries.get(sessionId);
      if (!entry?.sockets.includes(socket)) return;
      entry.sockets = entry.sockets.filter((other) => other !== socket);
      if (entry.sockets.length > 0) return;
      entry.ends.end();
      entries.delete(sessionId);
    },
    touch(session) {
      const entry = entries.get(session.id);
      // A socket may hold the record of before a renewal, whose absolute expiry is too early.
      const expiresAt = sessions.touch(entry?.session ?? session);
      if (entry) moveExpiry(entry, expiresAt);
    },
    refresh,
    sweep() {
      const now = clock.now();
      for (const entry of [...entries.values()]) {
        const { expiresAt } = entry;
        // An administrator switched its deployment or community off, removed it, or changed whom it lets in.
        if (!isInPlace(config, entry.session) || !isKeptByPolicy(config, entry.session)) revoke(entry);
        else if (now >= expiresAt) for (const socket of entry.sockets) socket.expired(expiresAt);
        else announce(entry, now);
      }
      rounds.next(() => entries.keys());
    },
    look: () => rounds.all(() => entries.keys()),
  };
}
