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
    super(faultLines(faults).join("; "));
    this.faults = faults;
  }
}

export const faultLine = ({ path, message }: ConfigurationFault): string =>
  path ? `${path}: ${message}` : message;

/** Nobody reads more of them before the first ones are mended. */
export const maxFaultsShown = 100;

/** In an answer over HTTP: a fault takes many times the bytes that make it. */
export const maxFaultsTold = 20;

/** A line for each fault, as far as the hundredth, and one with the number of the others. */
export const faultLines = (faults: readonly ConfigurationFault[]): readonly string[] =>
  firstOf(faults, maxFaultsShown, faultLine);

/** @returns the first as `tell` puts them; behind these, where there are more, how many */
export function firstOf<Element>(
  elements: readonly Element[],
  max: number,
  tell: (element: Element) => string,
): readonly string[] {
  const told = elements.slice(0, max).map(tell);
  const left = elements.length - told.length;
  return left > 0 ? [...told, `and ${left} more`] : told;
}
