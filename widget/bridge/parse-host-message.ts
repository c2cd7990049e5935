/** Any script of the host page can reach the port's other end: what comes from there is read like a request. */

import type { AssertedIdentity, HostMessage, HostSettings } from "./messages.ts";

type Fields = Readonly<Record<string, unknown>>;

/** undefined where the value can't be used. */
type Read<T> = (value: unknown) => T | undefined;

/** One reader for each member of each message. */
type Shapes = {
  readonly [T in HostMessage["t"]]: {
    readonly [Member in Exclude<keyof Extract<HostMessage, { t: T }>, "t">]: Read<
      Extract<HostMessage, { t: T }>[Member]
    >;
  };
};

const flag: Read<boolean> = (value) => (typeof value === "boolean" ? value : undefined);
const count: Read<number> = (value) => (Number.isSafeInteger(value) ? (value as number) : undefined);
const text: Read<string> = (value) => (typeof value === "string" ? value : undefined);
const oneOf =
  <T extends string>(...allowed: readonly T[]): Read<T> =>
  (value) =>
    allowed.find((known) => known === value);

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

const token: Read<NonNullable<AssertedIdentity>> = (value) => {
  const contactJwt = text(fieldsOf(value).contactJwt);
  const platformJwt = text(fieldsOf(value).platformJwt);
  if (contactJwt === undefined) return platformJwt === undefined ? undefined : { platformJwt };
  return platformJwt === undefined ? { contactJwt } : undefined;
};

const identity: Read<AssertedIdentity> = (value) => (value === null ? null : token(value));

const looks = {
  title: text,
  accent: (value: unknown) => (/^#[\da-f]{6}$/i.test(`${value}`) ? text(value) : undefined),
  position: oneOf("left", "right"),
  theme: oneOf("auto", "light", "dark"),
  locale: text,
};

/** Looks and texts that can't be used are left out rather than refused: the rest is worth showing. */
const settings: Read<HostSettings> = (value) => {
  const { appearance, strings } = fieldsOf(value);
  if (!appearance || !strings) return undefined;
  const texts = Object.keys(strings).map((key) => [key, text] as const);
  return { appearance: kept(appearance, Object.entries(looks)), strings: kept(strings, texts) };
};

const kept = (
  value: unknown,
  readers: readonly (readonly [string, Read<string>])[],
): Record<string, string> =>
  Object.fromEntries(
    readers.flatMap(([name, read]) => {
      const found = read(fieldsOf(value)[name]);
      return found === undefined ? [] : [[name, found]];
    }),
  );

const shapes: Shapes = {
  start: { settings, identity, request: count, open: flag, canSignIn: flag },
  login: { identity: token, request: count },
  logout: { everywhere: flag, request: count },
  panel: { open: flag },
  settings: { settings },
  canSignIn: { canSignIn: flag },
  token: { ask: count, identity },
};

/** @returns null where a member is missing or of another type; unknown members are left out */
export function parseHostMessage(value: unknown): HostMessage | null {
  const fields = fieldsOf(value);
  const t = text(fields.t) ?? "";
  if (!Object.hasOwn(shapes, t)) return null;
  const message: Record<string, unknown> = { t };
  for (const [member, read] of Object.entries<Read<unknown>>(shapes[t as HostMessage["t"]])) {
    message[member] = read(fields[member]);
    if (message[member] === undefined) return null;
  }
  return message as unknown as HostMessage;
}
