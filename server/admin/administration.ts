/** What administrators may do to the configuration while the server runs. Each change is in the audit log. */

import type { Clock } from "../../shared/clock.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import { firstOf, maxFaultsTold } from "../config/configuration-error.ts";
import type { ConfigEntry, LiveConfig, ObjectChange } from "../config/live-config.ts";
import type { Sealer } from "../config/secret.ts";
import type { StoredDocument } from "../config/stored-object.ts";
import type { JwkSets } from "../identity/jwk-sets.ts";
import type { JsonObject } from "../identity/strict-json.ts";
import type { ConfigurationKind } from "../store/configuration-store.ts";
import { created, patched, refuse, sealSecrets, withKey, withoutKeyOf } from "./documents.ts";
import { keyEntries, sourcesOf } from "./key-entries.ts";
import { belowKey, readNewKey } from "./key-input.ts";
import type { KeyUsage } from "./key-usage.ts";
import {
  type CommunityView,
  type DeploymentView,
  type KeyView,
  type LeftOut,
  viewCommunity,
  viewDeployment,
  viewKey,
} from "./views.ts";

/** Communities, or deployments. Settings are those of the configuration file. */
export interface ManagedObjects<View> {
  list(): { readonly items: readonly View[]; readonly leftOut: readonly LeftOut[] };
  /** @throws ProblemError `not_found` */
  get(id: string): View;
  /** @throws ProblemError `request_invalid` with the path of each fault */
  create(settings: JsonObject & { readonly id: string }): Promise<View>;
  /** Throws as `get` and `create` do, and `forbidden` for what the file manages. */
  change(id: string, patch: JsonObject): Promise<View>;
  /** Throws as `change` does. */
  remove(id: string): Promise<void>;
}

export interface Administration {
  readonly communities: ManagedObjects<CommunityView>;
  readonly deployments: ManagedObjects<DeploymentView>;
  /** Throws as those of `ManagedObjects` do. */
  keys(communityId: string): Promise<readonly KeyView[]>;
  /** @returns the keys that were added; `secret` where one was generated: it is never shown again */
  addKey(
    communityId: string,
    input: JsonObject,
  ): Promise<{ readonly keys: readonly KeyView[]; readonly secret: string | null }>;
  removeKey(communityId: string, keyId: string): Promise<void>;
}

const actor = "administrator";

export function createAdministration(deps: {
  readonly config: LiveConfig;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly keyUsage: Pick<KeyUsage, "lastUses">;
  readonly jwkSets: Pick<JwkSets, "status">;
  /** Called after every change: whoever has lost a place is sent away at once. */
  readonly changed: () => void;
}): Administration {
  const { config, sealer, clock, randomBytes, keyUsage, jwkSets, changed } = deps;

  async function apply(change: ObjectChange): Promise<void> {
    await config.change(change);
    changed();
  }

  function objects<Settings, View>(
    kind: ConfigurationKind,
    standing: () => ReadonlyMap<string, Settings>,
    view: (settings: Settings, entry: ConfigEntry) => View,
    beforeRemoval: (id: string) => void,
  ): ManagedObjects<View> {
    const show = (entry: ConfigEntry): readonly View[] => {
      const settings = standing().get(entry.id);
      return settings && entry.faults.length === 0 ? [view(settings, entry)] : [];
    };

    function get(id: string): View {
      const entry = find(kind, id);
      const [shown] = show(entry);
      if (shown) return shown;
      const faults = firstOf(entry.faults, maxFaultsTold, ({ path, message }) => `${path} ${message}`);
      throw new ProblemError("not_found", { detail: `The ${kind} is left out: ${faults.join("; ")}.` });
    }

    return {
      list: () => ({
        items: config.entries(kind).flatMap(show),
        leftOut: config
          .entries(kind)
          .filter(({ faults }) => faults.length > 0)
          .map(({ id, faults }) => ({ id, faults })),
      }),
      get,
      async create(input) {
        if (config.entries(kind).some((entry) => entry.id === input.id && entry.managedBy === "file"))
          throw refuse({ path: "id", message: `is that of a ${kind} in the configuration file` });
        const settings = sealSecrets(input, sealer);
        await apply({
          kind,
          id: input.id,
          audit: entryOf(`${kind}.created`, `${kind}/${input.id}`, `With ${namesOf(input)}.`),
          decide: (current) => created(kind, settings, current, clock.now()),
        });
        return get(input.id);
      },
      async change(id, input) {
        const patch = sealSecrets(input, sealer);
        await apply({
          kind,
          id,
          audit: entryOf(`${kind}.changed`, `${kind}/${id}`, `Set ${namesOf(input)}.`),
          decide: (current) => patched(required(kind, id, current), patch, clock.now()),
        });
        return get(id);
      },
      async remove(id) {
        await apply({
          kind,
          id,
          audit: entryOf(`${kind}.removed`, `${kind}/${id}`, "With everything it was set to."),
          decide(current) {
            required(kind, id, current);
            beforeRemoval(id);
            return null;
          },
        });
      },
    };
  }

  function find(kind: ConfigurationKind, id: string): ConfigEntry {
    const entry = config.entries(kind).find((candidate) => candidate.id === id);
    if (!entry) throw unknown(kind, id);
    return entry;
  }

  function refuseWithDeployments(id: string): void {
    const held = config.entries("deployment").filter(({ settings }) => settings.community === id);
    if (held.length > 0)
      throw refuse({
        path: "id",
        message: `is the community of the deployments ${held.map((entry) => entry.id).join(", ")}: remove them first`,
      });
  }

  async function keys(communityId: string): Promise<readonly KeyView[]> {
    const entry = find("community", communityId);
    const lastUses = await keyUsage.lastUses(communityId);
    return keyEntries(entry.settings).map((key) => {
      const [status = null] = key.url === null ? [] : jwkSets.status([key.url]);
      return viewKey(key, entry, lastUses, status);
    });
  }

  return {
    communities: objects("community", () => config.communities, viewCommunity, refuseWithDeployments),
    deployments: objects(
      "deployment",
      () => config.deployments,
      viewDeployment,
      () => {},
    ),
    keys,

    async addKey(communityId, input) {
      const { source, secret } = readNewKey(input, { sealer, randomBytes, nowMs: clock.now() });
      const ids = keyEntries({ keys: [source] }).map(({ id }) => id);
      let index = 0;
      try {
        await apply({
          kind: "community",
          id: communityId,
          audit: entryOf(
            "key.added",
            `community/${communityId}/key/${ids.join(",")}`,
            `With ${namesOf(source)}${secret === null ? "" : ", generated here"}.`,
          ),
          decide(current) {
            const standing = required("community", communityId, current);
            index = sourcesOf(standing.settings).length;
            return withKey(standing, source, clock.now());
          },
        });
      } catch (error) {
        throw error instanceof ProblemError ? belowKey(error, index) : error;
      }
      return { keys: (await keys(communityId)).filter(({ id }) => ids.includes(id)), secret };
    },

    async removeKey(communityId, keyId) {
      await apply({
        kind: "community",
        id: communityId,
        audit: entryOf(
          "key.removed",
          `community/${communityId}/key/${keyId}`,
          "It verifies no token any more.",
        ),
        decide: (current) => withoutKeyOf(required("community", communityId, current), keyId, clock.now()),
      });
    },
  };
}

const entryOf = (action: string, target: string, detail: string) => ({ actor, action, target, detail });

/** Names only: what they are set to may be a secret. */
const namesOf = (settings: JsonObject): string =>
  Object.keys(settings)
    .filter((name) => name !== "id")
    .join(", ")
    .slice(0, 500) || "nothing";

function required(kind: ConfigurationKind, id: string, current: StoredDocument | null): StoredDocument {
  if (current) return current;
  throw unknown(kind, id);
}

const unknown = (kind: ConfigurationKind, id: string): ProblemError =>
  new ProblemError("not_found", {
    detail: `There is no ${kind} of the id ${JSON.stringify(id.slice(0, 64))}.`,
  });
