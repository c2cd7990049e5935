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

async function readBytes(http: HttpContext, maxBytes: number): Promise<Uint8Array> {
  return await inTime(readWhole(http, maxBytes));
}

async function inTime<Result>(reading: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const detail = `The body did not arrive within ${bodyMs / 1000} seconds.`;
    timer = setTimeout(() => reject(new ProblemError("request_invalid", { detail })), bodyMs);
  });
  try {
    return await Promise.race([reading, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

async function readWhole(http: HttpContext, maxBytes: number): Promise<Uint8Array> {
  const length = http.req.header("content-length");
  if (length !== undefined) {
    if (Number(length) > maxBytes) throw tooLarge(maxBytes);
    return new Uint8Array(await http.req.arrayBuffer());
  }
  return http.req.raw.body ? await readChunks(http.req.raw.body, maxBytes) : new Uint8Array();
}

async function readChunks(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

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
