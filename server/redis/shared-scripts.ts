/** What nodes share beside hints: small facts in Redis, changed by scripts that nothing comes between. */
export interface SharedScripts {
  /**
   * Runs a Lua script where Redis answers.
   *
   * @param group keys of one group stand on one server of a cluster; one call names keys of one group
   * @returns null where Redis is known not to answer. Rejects where it does not
   */
  run(
    script: string,
    group: string,
    names: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> | null;
}

/** Of the only node. */
export const nothingShared: SharedScripts = { run: () => null };
