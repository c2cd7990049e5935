import { WebSocket } from "ws";
import { openSession } from "../../e2e/harness/session.ts";

export interface RaceReport {
  readonly races: number;
  /** Sockets by what became of them: refused at once, or admitted and then closed. */
  readonly refused: number;
  readonly closed: number;
  /** Sockets that lived longer than a second after the logout was answered. Must be 0. */
  readonly outlived: number;
  /** Longest life of a socket after the answer, in milliseconds. */
  readonly longestMs: number;
  /** Sockets that were admitted although they came after the answer. Must be 0. */
  readonly admittedLate: number;
}

export interface RaceOptions {
  /** The companion's origin. */
  readonly url: string;
  readonly races: number;
  /** Races at a time. */
  readonly width: number;
  readonly random: () => number;
}

const outlivesMs = 1000;
/** A socket that is still there by then is not going to be closed at all. */
const patienceMs = 5000;
/** Connecting and logging out fall into the same few milliseconds. */
const spreadMs = 6;
const socketsPerRace = 3;

type Logout = (url: string, sessionToken: string, otherToken: string, sessionId: string) => Promise<Response>;

/** By the session itself, by another session of the same customer for all of them, and by another for this one. */
const logouts: readonly Logout[] = [
  (url, token) => end(`${url}/api/v1/session`, token),
  (url, _token, other) => end(`${url}/api/v1/session?everywhere=true`, other),
  (url, _token, other, id) => end(`${url}/api/v1/sessions/${id}`, other),
];

/** Logouts against sockets that connect at the same time: whichever comes first, none outlives the session. */
export async function race(options: RaceOptions): Promise<RaceReport> {
  const { races, width } = options;
  const fates: Fate[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < races) fates.push(...(await one(next++, options)));
    }),
  );
  const lives = fates.flatMap(({ kind, lifeMs }) => (kind === "closed" ? [lifeMs] : []));
  return {
    races,
    refused: fates.filter(({ kind }) => kind === "refused").length,
    closed: lives.length,
    outlived: lives.filter((ms) => ms > outlivesMs).length,
    longestMs: Math.round(Math.max(0, ...lives)),
    admittedLate: fates.filter(({ kind, late }) => kind === "closed" && late).length,
  };
}

interface Fate {
  readonly kind: "refused" | "closed";
  /** It began after the logout was answered. */
  readonly late: boolean;
  readonly lifeMs: number;
}

async function one(index: number, { url, random }: RaceOptions): Promise<readonly Fate[]> {
  const identity = `racer-${index}`;
  const [session, other] = await Promise.all([openSession(url, identity), openSession(url, identity)]);
  let answeredAt = Number.POSITIVE_INFINITY;
  const logout = logouts[index % logouts.length] as Logout;
  const sockets = Array.from({ length: socketsPerRace }, async () => {
    await pause(random() * spreadMs);
    return follow(url, session.sessionToken, () => answeredAt);
  });
  await pause(random() * spreadMs);
  const response = await logout(url, session.sessionToken, other.sessionToken, session.id);
  answeredAt = performance.now();
  if (response.status !== 204) throw new Error(`The logout was answered with ${response.status}.`);
  const fates = await Promise.all([...sockets, follow(url, session.sessionToken, () => answeredAt)]);
  await end(`${url}/api/v1/session`, other.sessionToken);
  return fates;
}

/** Connects, and says what becomes of it. */
function follow(url: string, token: string, answeredAt: () => number): Promise<Fate> {
  const late = answeredAt() !== Number.POSITIVE_INFINITY;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/socket`);
    let admitted = false;
    const limit = setTimeout(() => {
      reject(new Error("A socket was neither refused nor closed."));
      socket.terminate();
    }, patienceMs);
    socket.on("open", () => socket.send(JSON.stringify({ t: "auth", token })));
    socket.on("message", (data) => {
      if (JSON.parse(String(data)).t === "ready") admitted = true;
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(limit);
      const lifeMs = Math.max(0, performance.now() - answeredAt());
      resolve({ kind: admitted ? "closed" : "refused", late, lifeMs });
    });
  });
}

const end = (address: string, token: string): Promise<Response> =>
  fetch(address, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
