/** Why a key can't be used. Its message never holds any of the key. */
export class KeyFault extends Error {
  override readonly name = "KeyFault";
  /** The member of the key's description that is at fault: `alg`, `n`; empty for the whole. */
  readonly member: string;

  constructor(message: string, member = "") {
    super(message);
    this.member = member;
  }
}
