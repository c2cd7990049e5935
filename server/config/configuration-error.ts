/** What is wrong at one place of the configuration. */
export interface ConfigurationFault {
  /** JSON path in the file (`communities[0].keys[1].secret`), or the name of an environment variable. */
  readonly path: string;
  /** Never holds a secret. */
  readonly message: string;
}

/** The configuration is refused whole, with all of its faults. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly faults: readonly ConfigurationFault[];

  constructor(faults: readonly ConfigurationFault[]) {
    super(faults.map(faultLine).join("; "));
    this.faults = faults;
  }
}

export const faultLine = ({ path, message }: ConfigurationFault): string =>
  path ? `${path}: ${message}` : message;
