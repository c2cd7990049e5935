/** Where this server listens and how browsers reach it. */
export interface Place {
  /** Origin for links in answers: `PUBLIC_URL`, or the address listened on. */
  readonly publicOrigin: string;
  /** Every origin that is this server itself: the frame and the desk live there. */
  readonly ownOrigins: ReadonlySet<string>;
}

const loopbackHosts = ["127.0.0.1", "localhost", "[::1]"];
const loopback = /^(?:127(?:\.\d{1,3}){3}|localhost|\[?::1\]?)$/;
const anyAddress = /^(?:0\.0\.0\.0|\[?::\]?)$/;

/**
 * Without `publicUrl` a server on loopback, or on every address, goes by any of the loopback names. The request's `Host`
 * is never asked: whoever rebinds a name to this address would become our own origin.
 *
 * @param host what is listened on: `127.0.0.1`, `::1`, `0.0.0.0`, a name
 */
export function describePlace(publicUrl: string | null, host: string, port: number): Place {
  if (publicUrl !== null) {
    const { origin, protocol, hostname, port: publicPort } = new URL(publicUrl);
    // Nobody but this machine reaches a loopback name, whichever of them the operator wrote down.
    const names = loopback.test(hostname) ? loopbackHosts : [];
    const aliases = names.map((name) => new URL(`${protocol}//${name}:${publicPort}`).origin);
    return { publicOrigin: origin, ownOrigins: new Set([origin, ...aliases]) };
  }
  const listening = originOf(reachable(host), port);
  const names = loopback.test(host) || anyAddress.test(host) ? loopbackHosts : [];
  return {
    publicOrigin: listening,
    ownOrigins: new Set([listening, ...names.map((name) => originOf(name, port))]),
  };
}

/** A host that a client on this machine can connect to where the server listens on every address. */
export const reachable = (host: string): string => (anyAddress.test(host) ? "127.0.0.1" : host);

export function originOf(host: string, port: number): string {
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return new URL(`http://${name}:${port}`).origin;
}
