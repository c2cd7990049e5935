import type { Config } from "./config.ts";
import type { ConfigurationFault } from "./configuration-error.ts";
import { type ConfigParts, type Placed, toConfig, unknownCommunity } from "./parse.ts";
import type { Reading } from "./reading.ts";
import { checkSharedTrust } from "./shared-trust.ts";
import {
  type StoredCommunity,
  type StoredDeployment,
  type StoredPiece,
  storedPath,
} from "./stored-object.ts";

export interface Assembled {
  readonly config: Config;
  /** Stored objects that take no part, by their path: the file has their id, or they have faults. */
  readonly leftOut: ReadonlyMap<string, readonly ConfigurationFault[]>;
}

const shadowed =
  "stands in the configuration file as well, and that counts; take it out there to use this one";

/**
 * The configuration of the file and of the store together. The file always stands; a stored object stands unless it has a
 * fault by itself or beside those that were there before it, so that a mistake made later never switches off what worked.
 */
export function assemble(file: ConfigParts, stored: readonly StoredPiece[]): Assembled {
  const leftOut = new Map<string, readonly ConfigurationFault[]>();
  const warnings = [...file.warnings];
  const pieces = stored.toSorted((one, other) => one.updatedAt - other.updatedAt);
  const leave = (piece: StoredPiece, faults: readonly ConfigurationFault[]) => {
    const path = storedPath(piece.kind, piece.id);
    leftOut.set(path, faults);
    warnings.push(`${path} is left out: ${faults.map((fault) => describe(fault, path)).join("; ")}.`);
  };

  const inFile = new Set(file.communities.map(({ settings }) => settings.community.id));
  const candidates = pieces.flatMap((piece) => {
    if (piece.kind !== "community") return [];
    const faults = inFile.has(piece.id) ? [{ path: "id", message: shadowed }] : piece.faults;
    if (piece.placed && faults.length === 0) return [{ piece, placed: piece.placed }];
    leave(piece, faults);
    return [];
  });
  const trust = readTrust([...file.communities, ...candidates.map(({ placed }) => placed)]);
  const communities = [...file.communities];
  for (const { piece, placed } of candidates) {
    const faults = trust.faults.filter(({ path }) => path.startsWith(`${placed.path}.`));
    if (faults.length > 0) leave(piece, faults);
    else communities.push(keep(piece, placed, warnings));
  }
  warnings.push(...trust.warnings.filter((warning) => !file.warnings.includes(warning)));

  const standing = new Set(communities.map(({ settings }) => settings.community.id));
  const taken = new Set(file.deployments.map(({ settings }) => settings.id));
  const deployments = [...file.deployments];
  for (const piece of pieces) {
    if (piece.kind !== "deployment") continue;
    const { placed } = piece;
    if (taken.has(piece.id)) leave(piece, [{ path: "id", message: shadowed }]);
    else if (!placed) leave(piece, piece.faults);
    else if (!standing.has(placed.settings.communityId))
      leave(piece, [{ path: `${placed.path}.community`, message: unknownCommunity }]);
    else deployments.push(keep(piece, placed, warnings));
  }
  return { config: toConfig({ ...file, communities, deployments, warnings }), leftOut };
}

function keep<Settings>(
  piece: StoredCommunity | StoredDeployment,
  placed: Placed<Settings>,
  warnings: string[],
): Placed<Settings> {
  warnings.push(...piece.warnings);
  return placed;
}

function readTrust(
  communities: Parameters<typeof checkSharedTrust>[1],
): Pick<Reading, "faults" | "warnings"> {
  const reading: Reading = { faults: [], warnings: [], env: {}, nowMs: 0 };
  checkSharedTrust(reading, communities);
  return reading;
}

const describe = ({ path, message }: ConfigurationFault, of: string): string =>
  `${path.replace(`${of}.`, "")} ${message}`;
