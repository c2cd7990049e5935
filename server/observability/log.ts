import { type DestinationStream, type Logger, pino } from "pino";

export type Log = Logger;

/**
 * JSON lines. Nothing that a customer or a host page wrote is logged in the first place; the redaction is the second
 * fence, for whatever an error drags along.
 */
export function createLog(level: string, destination: DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths, censor: "[redacted]" },
      // Not under pino's own key for errors: that would copy the message, unredacted, into `msg`.
      serializers: { error: describeError },
    },
    destination,
  );
}

const secretMembers = [
  "authorization",
  "token",
  "sessionToken",
  "contactJwt",
  "platformJwt",
  "accessToken",
  "secret",
  "text",
  "cookie",
];

const secretPaths = secretMembers.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** What one needs to find the fault, and none of the members that libraries hang onto errors: those hold the input. */
function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error, message: "", stack: undefined };
  return { name: error.name, message: withoutTokens(error.message), stack: withoutTokens(error.stack ?? "") };
}

/** Three base64url parts are a JWT; 256 bits in base64url are a secret, behind twelve digits of time a session token. */
const tokenLike =
  /[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*|(?<![A-Za-z0-9_-])(?:[0-9a-f]{12})?[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g;

export const withoutTokens = (text: string): string => text.replace(tokenLike, "[redacted]");
