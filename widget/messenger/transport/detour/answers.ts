/** What an answer of the events' address means for the connection. */

export interface Closing {
  readonly code: number;
  /** A problem's code where the server said one. */
  readonly reason: string;
}

/** As a browser says of a socket that was cut. */
export const cut: Closing = { code: 1006, reason: "" };

/** The close codes of the socket, for the same refusals. */
const closeCodes: Readonly<Record<number, number>> = {
  400: 4400,
  401: 4401,
  403: 4403,
  413: 4413,
  429: 4429,
  503: 1013,
};

/** Only what has the server's form is believed: a captive portal or a proxy answers with whatever status it likes. */
export async function closingOf(response: Response): Promise<Closing> {
  const problem: unknown = await response.json().catch(() => null);
  const code = closeCodes[response.status];
  const reason = textOf(problem, "code");
  return code !== undefined && reason !== "" ? { code, reason } : cut;
}

/** What the server's last event says. */
export function closingIn(text: string): Closing {
  const said: unknown = JSON.parse(text);
  const code = Object(said).code;
  return typeof code === "number" ? { code, reason: textOf(said, "reason") } : cut;
}

export const isEventStream = (response: Response): boolean =>
  response.ok && /^text\/event-stream\b/.test(response.headers.get("content-type") ?? "");

function textOf(value: unknown, member: string): string {
  const text: unknown = Object(value)[member];
  return typeof text === "string" ? text : "";
}
