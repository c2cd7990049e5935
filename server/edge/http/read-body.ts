import * as v from "valibot";
import type { Limits } from "../../../shared/limits.ts";
import { ProblemError } from "../../../shared/problem-error.ts";
import { parseJson } from "../json.ts";
import type { HttpContext } from "./route.ts";

/**
 * The JSON body, in the schema's shape. Size and depth are checked before anything is parsed.
 *
 * @throws ProblemError `too_large`, or `request_invalid` with the JSON path of each fault
 */
export async function readBody(http: HttpContext, schema: v.GenericSchema, limits: Limits): Promise<unknown> {
  const text = decode(await readBytes(http, limits.bodyBytes));
  const value = text === null ? undefined : parseJson(text, limits.jsonDepth);
  if (value === undefined)
    throw new ProblemError("request_invalid", {
      detail: `The body is not JSON in UTF-8 of at most ${limits.jsonDepth} levels.`,
    });
  return check(schema, value, "The body");
}

/**
 * A body of `application/x-www-form-urlencoded`, whatever it calls itself.
 * @throws ProblemError `too_large`, `request_invalid`
 */
export async function readForm(
  http: HttpContext,
  limits: Pick<Limits, "bodyBytes">,
): Promise<URLSearchParams> {
  const text = decode(await readBytes(http, limits.bodyBytes));
  if (text === null)
    throw new ProblemError("request_invalid", { detail: "The body is not a form in UTF-8." });
  return new URLSearchParams(text);
}

export function readQuery(http: HttpContext, schema: v.GenericSchema): unknown {
  return check(schema, http.req.query(), "The query");
}

/** A fault is told in many times the bytes that make it. */
const maxFaults = 20;

function check(schema: v.GenericSchema, value: unknown, what: string): unknown {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const shown = result.issues.slice(0, maxFaults);
  const left = result.issues.length - shown.length;
  const more = left > 0 ? `; and ${left} more` : "";
  throw new ProblemError("request_invalid", {
    detail: `${what} is not of the expected shape: ${shown.map(describe).join("; ")}${more}.`,
    faults: shown.map((issue) => ({ path: pathOf(issue), message: messageOf(issue) })),
  });
}

/** What was expected. What was found is left out: it may be a token or a message. */
const messageOf = (issue: v.BaseIssue<unknown>): string =>
  issue.kind === "schema" ? `expected ${issue.expected ?? "something else"}` : issue.message;

const describe = (issue: v.BaseIssue<unknown>): string => `${pathOf(issue)}: ${messageOf(issue)}`;

/** `identity.type`, `attachments[0]`; `$` is the whole. */
function pathOf({ path = [] }: { readonly path?: readonly v.IssuePathItem[] | undefined }): string {
  const text = path.map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text.replace(/^\./, "") || "$";
}

/** For a whole body: a client that sends it drop by drop is cut off. */
const bodyMs = 30_000;

/** From Node's own stream: by way of a web stream's it takes a request for a session a twentieth of its time. */
function readBytes({ env: { incoming } }: HttpContext, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (Number(incoming.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
    const chunks: Buffer[] = [];
    let bytes = 0;
    const refuse = (problem: ProblemError): void => {
      clearTimeout(timer);
      incoming.off("data", take).pause();
      reject(problem);
    };
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxBytes) refuse(tooLarge(maxBytes));
    };
    const finish = (): void => {
      clearTimeout(timer);
      const [first] = chunks;
      resolve(first && chunks.length === 1 ? first : Buffer.concat(chunks));
    };
    const gone = (): void => {
      const rest: Buffer | null = incoming.read();
      if (rest) take(rest);
      if (incoming.complete) finish();
      else refuse(cutOff());
    };
    const timer = setTimeout(() => refuse(tooLate()), bodyMs);
    if (incoming.destroyed) gone();
    // What fails closes as well, and what has ended closes later: whoever has the answer by then hears nothing of it.
    else incoming.on("data", take).on("end", finish).on("close", gone);
  });
}

const cutOff = (): ProblemError =>
  new ProblemError("request_invalid", { detail: "The body was cut off before its end." });

const tooLate = (): ProblemError =>
  new ProblemError("request_invalid", {
    detail: `The body did not arrive within ${bodyMs / 1000} seconds.`,
  });

const tooLarge = (maxBytes: number): ProblemError =>
  new ProblemError("too_large", { detail: `The body has more than ${maxBytes} bytes.` });

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
