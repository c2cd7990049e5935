export interface SealedStore {
  /**
   * Hands every sealed text to `renew` and keeps what it answers, in one transaction.
   * @returns how many changed
   */
  renewSealed(renew: (sealed: string) => string): Promise<number>;
}
