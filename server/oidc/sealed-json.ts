import * as v from "valibot";
import type { Sealer } from "../config/secret.ts";

/**
 * Sealed JSON of one kind. Everything that the server seals is under one key, so that the kind inside is what keeps a
 * state from passing as a ticket, and either as a stored secret.
 */
export function sealedJson<Kind extends string, Entries extends v.ObjectEntries>(
  kind: Kind,
  entries: Entries,
) {
  const schema = v.object({ kind: v.literal(kind), content: v.object(entries) });
  type Content = v.InferOutput<v.ObjectSchema<Entries, undefined>>;
  return {
    seal: (sealer: Sealer, content: Content): string => sealer.seal(JSON.stringify({ kind, content })),
    /** @returns null where it was not sealed here, is of another kind or of another release */
    open(sealer: Sealer, sealed: string): Content | null {
      try {
        const read = v.safeParse(schema, JSON.parse(sealer.open(sealed)));
        return read.success ? (read.output.content as Content) : null;
      } catch {
        return null;
      }
    },
  };
}
