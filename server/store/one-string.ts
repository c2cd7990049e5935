const strings = new Map<string, string>();

/**
 * The same string for equal ones. A database answers with a new one for each row, and what is kept of the rows of live sessions
 * is kept by the thousands. Only for names that a configuration bounds: none is ever forgotten.
 */
export function oneString<Name extends string>(name: Name): Name {
  const known = strings.get(name);
  if (known === undefined) strings.set(name, name);
  return (known ?? name) as Name;
}
