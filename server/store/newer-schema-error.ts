/** A newer version of Vouch has written to this database. To go on would damage what this version knows nothing of. */
export class NewerSchemaError extends Error {
  override readonly name = "NewerSchemaError";

  /** @param unknown names of migrations that were made here and that this version does not have; at least one */
  constructor(unknown: readonly string[]) {
    super(
      `The database was made by a newer version of Vouch (${unknown.join(", ")}): start that version, or restore a backup of before.`,
    );
  }
}

/** @throws NewerSchemaError */
export function refuseNewer(executed: readonly string[], known: readonly string[]): void {
  const unknown = executed.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new NewerSchemaError(unknown);
}
