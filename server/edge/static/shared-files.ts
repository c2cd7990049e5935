import type { Sealer } from "../../config/secret.ts";
import { answer } from "../../redis/shared-locks.ts";
import type { SharedScripts } from "../../redis/shared-scripts.ts";
import { createStaticFile, type StaticFile } from "./static-file.ts";

/**
 * While a release is rolled out a page comes from one node and its files are asked of another, which has other names for
 * them. So nodes lay their files down for each other. Sealed: whoever can write into Redis must not be able to put a script
 * into the frame.
 */
export interface SharedFiles {
  /** Lays down what is not there, and keeps what is. Resolves after a moment where Redis does not answer. */
  offer(): Promise<void>;
  /** @returns null where no node of late had a file of that name */
  find(name: string): Promise<StaticFile | null>;
}

/** Longer than a page stays open, by far. */
const keptSeconds = 7 * 24 * 3600;
const keep = "return redis.call('EXPIRE', KEYS[1], ARGV[1])";
const put = "redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) return 1";
const get = "return redis.call('MGET', unpack(KEYS))";

/** As the build names files; nothing else is looked for. */
const nameForm = /^[a-z]{1,32}-[\w-]{6,8}\.(?:js|css)$/;

export function createSharedFiles(deps: {
  readonly scripts: SharedScripts;
  readonly sealer: Sealer;
  /** This node's own, by name. */
  readonly files: ReadonlyMap<string, StaticFile>;
}): SharedFiles {
  const { sealer, files } = deps;
  /** Of other builds; there are as many as nodes laid down. */
  const found = new Map<string, StaticFile>();

  /** One entry for each secret that files are sealed under: nodes that know another keep their own. */
  const [ownKeyId] = sealer.keyIds;

  const run = (
    script: string,
    name: string,
    keyIds: readonly string[],
    ...args: readonly (string | number)[]
  ) => answer(deps.scripts.run(script, `file:${name}`, keyIds, args));

  function opened(name: string, sealed: unknown): StaticFile | null {
    if (typeof sealed !== "string") return null;
    try {
      const [own, contentType, text] = JSON.parse(sealer.open(sealed)) as [string, string, string];
      return own === name ? createStaticFile(Buffer.from(text), contentType) : null;
    } catch {
      // Sealed under another secret, or not by a node at all.
      return null;
    }
  }

  return {
    async offer() {
      await Promise.all(
        [...files].map(async ([name, { bytes, contentType }]) => {
          if (!nameForm.test(name) || (await run(keep, name, [ownKeyId], keptSeconds)) !== 0) return;
          const sealed = sealer.seal(JSON.stringify([name, contentType, bytes.toString("utf8")]));
          await run(put, name, [ownKeyId], sealed, keptSeconds);
        }),
      );
    },

    async find(name) {
      if (!nameForm.test(name)) return null;
      const known = found.get(name);
      if (known) return known;
      const entries = await run(get, name, sealer.keyIds);
      for (const sealed of Array.isArray(entries) ? entries : []) {
        const file = opened(name, sealed);
        if (!file) continue;
        found.set(name, file);
        return file;
      }
      return null;
    },
  };
}
