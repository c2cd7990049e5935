import * as v from "valibot";
import { defaultTypes, kinds } from "../attachment/kinds.ts";
import type { ScanSettings } from "../attachment/scan/scanner.ts";
import { type Reading, readPart, within } from "./reading.ts";
import { exactObject, line, secretReference, wholeNumber } from "./schema-parts.ts";
import { resolveSecret } from "./secret-reference.ts";

export interface AttachmentSettings {
  /** Media types that are taken. Default: all that are known but archives. */
  readonly types: readonly string[];
  /** null: files are not scanned. */
  readonly scan: ScanSettings | null;
}

const known = kinds.map(({ type }) => type);

const timeoutSeconds = v.optional(wholeNumber(1, 300), 60);

const scanSchema = v.union(
  [
    exactObject({
      command: v.pipe(
        v.tupleWithRest([line(1, 1024)], line(0, 1024)),
        v.maxLength(32, "must have at most 32 elements"),
      ),
      timeoutSeconds,
    }),
    exactObject({
      url: v.pipe(line(1, 2048), v.regex(/^https?:\/\/[^/]/, "must be an address of http or https")),
      token: v.optional(secretReference),
      timeoutSeconds,
    }),
  ],
  "must have either a command (an array of texts) or a url (http or https), and may have timeoutSeconds (1 to 300)",
);

const schema = exactObject({
  types: v.optional(
    v.pipe(
      v.array(v.picklist(known, `must be one of ${known.join(", ")}`)),
      v.maxLength(known.length, `must have at most ${known.length} elements`),
    ),
    () => [...defaultTypes],
  ),
  scan: v.optional(scanSchema),
});

/** Faults are noted in `reading`; what is returned then serves nobody. */
export function readAttachments(reading: Reading, value: unknown): AttachmentSettings {
  const settings = readPart(reading, schema, value ?? {}, "attachments");
  return { types: settings?.types ?? [], scan: settings?.scan ? toScan(reading, settings.scan) : null };
}

function toScan(reading: Reading, scan: v.InferOutput<typeof scanSchema>): ScanSettings {
  const { timeoutSeconds } = scan;
  if ("command" in scan) return { by: "command", command: scan.command, timeoutSeconds };
  const token =
    scan.token === undefined
      ? null
      : resolveSecret(reading, scan.token, within(within("attachments", "scan"), "token"));
  return { by: "http", url: scan.url, token, timeoutSeconds };
}
