/** The configuration while the server runs: that of the file, and what administrators add to it without a restart. */

import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../shared/clock.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { AuditDraft } from "../audit/audit-log.ts";
import { isJsonObject, type JsonObject } from "../identity/strict-json.ts";
import type {
  ConfigurationKind,
  ConfigurationObject,
  ConfigurationStore,
  StoredConfiguration,
} from "../store/configuration-store.ts";
import { type Assembled, assemble } from "./assemble.ts";
import type { Config } from "./config.ts";
import { type ConfigurationFault, firstOf, maxFaultsTold } from "./configuration-error.ts";
import type { FileConfiguration } from "./load.ts";
import type { ConfigParts } from "./parse.ts";
import { elementsOf } from "./reading.ts";
import type { Sealer } from "./secret.ts";
import { readStoredObject, type StoredDocument, type StoredPiece, storedPath } from "./stored-object.ts";

/** A community or a deployment as it was written down, wherever that is. */
export interface ConfigEntry {
  readonly id: string;
  readonly managedBy: "file" | "api";
  /** Secrets in it are sealed, or as the file has them: for our eyes only. */
  readonly settings: JsonObject;
  readonly keysCreatedAt: StoredDocument["keysCreatedAt"];
  /** null: of the file. */
  readonly updatedAt: number | null;
  /** Why it takes no part; empty where it does. */
  readonly faults: readonly ConfigurationFault[];
}

export interface ObjectChange {
  readonly kind: ConfigurationKind;
  readonly id: string;
  readonly audit: AuditDraft;
  /**
   * Asked again where another change came first.
   * @param current null: there is none of this id
   * @returns what is to stand; null removes it
   */
  decide(current: StoredDocument | null): StoredDocument | null;
}

/** Everybody who holds a `Config` holds this one: what is read of it is always the present. */
export interface LiveConfig extends Config {
  /** Those of the file first. */
  entries(kind: ConfigurationKind): readonly ConfigEntry[];
  /** The new configuration counts from the moment that this resolves; refused, nothing has changed. */
  change(change: ObjectChange): Promise<void>;
  /** Grows with every change. */
  readonly revision: number;
  /**
   * Takes over what other nodes changed.
   * @returns whether there was anything
   */
  refresh(): Promise<boolean>;
  /**
   * Another file in the place of the present one, as at a restart, but for what was handed out at start: `siteId`, `limits`
   * and `attachments` stay, with a warning where the file says otherwise.
   */
  reload(file: FileConfiguration): Promise<void>;
}

interface Snapshot extends Assembled {
  readonly revision: number;
  readonly pieces: readonly StoredPiece[];
}

const maxAttempts = 5;

/** Reads what is stored; an object that can't stand is left out with a warning and keeps nobody from starting. */
export async function createLiveConfig(deps: {
  readonly file: FileConfiguration;
  readonly store: ConfigurationStore;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly allowLoopback: boolean;
}): Promise<LiveConfig> {
  const { store, clock } = deps;
  let { file } = deps;
  /** By their text: nothing is read twice that did not change, and so no certificate that has expired since breaks it. */
  let known = new Map<string, StoredPiece>();
  let snapshot = await read(await store.configuration());
  /** One change at a time: the next is decided on what this one leaves. */
  let changing: Promise<unknown> = Promise.resolve();

  async function read(
    { revision, objects }: StoredConfiguration,
    { parts }: FileConfiguration = file,
  ): Promise<Snapshot> {
    const pieces = await Promise.all(objects.map(readOnce));
    return { revision, pieces, ...assemble(parts, pieces) };
  }

  async function readOnce(object: ConfigurationObject): Promise<StoredPiece> {
    const { kind, id, updatedAt, document } = object;
    const name = `${storedPath(kind, id)} ${updatedAt} ${document}`;
    return known.get(name) ?? (await readStoredObject(object, { ...deps, nowMs: clock.now() }));
  }

  function adopt(next: Snapshot, objects: readonly ConfigurationObject[]): void {
    known = new Map(
      objects.flatMap(({ kind, id, updatedAt, document }, index) => {
        const piece = next.pieces[index];
        return piece ? [[`${storedPath(kind, id)} ${updatedAt} ${document}`, piece]] : [];
      }),
    );
    snapshot = next;
  }

  async function attempt({ kind, id, decide, audit }: ObjectChange): Promise<boolean> {
    const stored = await store.configuration();
    const others = stored.objects.filter((object) => object.kind !== kind || object.id !== id);
    const before = stored.revision === snapshot.revision ? snapshot : await read(stored);
    const current = before.pieces.find((piece) => piece.kind === kind && piece.id === id);
    const next = decide(current?.document ?? null);
    const document = next && JSON.stringify(next);
    const newest = Math.max(0, ...stored.objects.map(({ updatedAt }) => updatedAt + 1));
    // Clocks may step back, and the order of changes is the order of these times.
    const at = Math.max(clock.now(), newest);
    const objects = document === null ? others : [...others, { kind, id, document, updatedAt: at }];
    const after = await read({ revision: stored.revision + 1, objects });
    refuseFaults(storedPath(kind, id), before, after);
    const { revision } = stored;
    if ((await store.changeConfiguration({ kind, id, document, revision, at, audit })) === null) return false;
    adopt(after, objects);
    return true;
  }

  async function refresh(): Promise<boolean> {
    if ((await store.configurationRevision()) === snapshot.revision) return false;
    const stored = await store.configuration();
    const next = await read(stored);
    if (next.revision <= snapshot.revision) return false;
    adopt(next, stored.objects);
    return true;
  }

  async function reload(next: FileConfiguration): Promise<void> {
    const kept = keepStarted(next, file.parts);
    const stored = await store.configuration();
    const after = await read(stored, kept);
    file = kept;
    adopt(after, stored.objects);
  }

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = changing.then(work);
    changing = done.catch(() => {});
    return done;
  }

  async function change(wanted: ObjectChange): Promise<void> {
    if (fileElement(file.json, wanted.kind, wanted.id)) throw managedByFile(wanted);
    for (let attempts = 0; attempts < maxAttempts; attempts++) if (await attempt(wanted)) return;
    throw new ProblemError("unavailable", { detail: "Others are changing the configuration right now." });
  }

  return {
    get siteId() {
      return snapshot.config.siteId;
    },
    get communities() {
      return snapshot.config.communities;
    },
    get deployments() {
      return snapshot.config.deployments;
    },
    get limits() {
      return snapshot.config.limits;
    },
    get warnings() {
      return snapshot.config.warnings;
    },
    entries: (kind) => [
      ...fileElements(file.json, kind).map(fileEntry),
      ...snapshot.pieces
        .filter((piece) => piece.kind === kind && !fileElement(file.json, kind, piece.id))
        .map((piece) => storedEntry(piece, snapshot)),
    ],
    change: (wanted) => inTurn(() => change(wanted)),
    get revision() {
      return snapshot.revision;
    },
    refresh: () => inTurn(refresh),
    reload: (next) => inTurn(() => reload(next)),
  };
}

/** @throws ProblemError where the object would not stand, or another would not stand any more because of it */
function refuseFaults(path: string, before: Assembled, after: Assembled): void {
  const own = after.leftOut.get(path);
  const others = [...after.leftOut].filter(([other]) => other !== path && !before.leftOut.has(other));
  const faults = own ?? others.flatMap(([, found]) => found);
  if (faults.length === 0) return;
  const shown = faults.map((fault) => ({ ...fault, path: fault.path.replace(`${path}.`, "") }));
  throw new ProblemError("request_invalid", {
    detail: `The configuration is not correct: ${firstOf(shown, maxFaultsTold, (fault) => `${fault.path} ${fault.message}`).join("; ")}.`,
    faults: shown.slice(0, maxFaultsTold),
  });
}

/** What everybody was handed at start and nobody asks for again. */
const fixedMembers = ["siteId", "limits", "attachments"] as const;

function keepStarted({ json, parts }: FileConfiguration, started: ConfigParts): FileConfiguration {
  const changed = fixedMembers.filter((name) => !isDeepStrictEqual(parts[name], started[name]));
  const warnings = changed.map((name) => `A change of ${name} counts after a restart only.`);
  const { siteId, limits, attachments } = started;
  return {
    json,
    parts: { ...parts, siteId, limits, attachments, warnings: [...parts.warnings, ...warnings] },
  };
}

const managedByFile = ({ kind, id }: ObjectChange): ProblemError =>
  new ProblemError("forbidden", {
    detail: `The ${kind} ${id} is managed by the configuration file: change it there, and restart or send SIGHUP.`,
  });

const fileElements = (json: unknown, kind: ConfigurationKind): readonly JsonObject[] =>
  elementsOf(json, kind === "community" ? "communities" : "deployments").filter(isJsonObject);

const fileElement = (json: unknown, kind: ConfigurationKind, id: string): JsonObject | undefined =>
  fileElements(json, kind).find((element) => element.id === id);

const fileEntry = (settings: JsonObject): ConfigEntry => ({
  id: String(settings.id),
  managedBy: "file",
  settings,
  keysCreatedAt: {},
  updatedAt: null,
  faults: [],
});

const storedEntry = (
  { kind, id, document, updatedAt }: StoredPiece,
  { leftOut }: Assembled,
): ConfigEntry => ({
  id,
  managedBy: "api",
  ...document,
  updatedAt,
  faults: leftOut.get(storedPath(kind, id)) ?? [],
});
