import { OutboundRefused } from "./guarded-fetch.ts";

/** A sentence for whatever ended a request. Only codes of errors are quoted: their messages may hold what the server sent. */
export function describeFailure(host: string, error: unknown, timeoutMs: number): OutboundRefused {
  if (error instanceof OutboundRefused) return error;
  const sentence = sentenceFor(host, error, timeoutMs);
  return new OutboundRefused(sentence, { cause: error });
}

function sentenceFor(host: string, error: unknown, timeoutMs: number): string {
  if (error instanceof DOMException && error.name === "TimeoutError")
    return `${host} did not answer completely within ${timeoutMs / 1000} s; make it answer faster.`;
  if (error instanceof DOMException && error.name === "AbortError")
    return `The request to ${host} was ended from our side.`;
  const code = codeOf(error);
  if (/^E(NOTFOUND|AI_|NODATA|SERVFAIL)/.test(code))
    return `${host} can't be resolved (${code}); check the host name.`;
  if (/CERT|TLS|SSL|EPROTO|ISSUER|SIGNATURE/.test(code))
    return `${host} has no certificate that is trusted for this name (${code}); install one with its whole chain.`;
  if (code.startsWith("HPE_")) return `${host} does not answer in HTTP (${code}); check port and server.`;
  return `${host} can't be reached (${code}); check that it runs and that this server may connect to it.`;
}

const codeOf = (error: unknown): string => {
  // Several addresses were tried, each with an error of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "no code";
};
