/**
 * The kinds of files that are taken. The first bytes decide; what a file calls itself chooses between kinds that begin alike
 * and does nothing else.
 *
 * Not among them, on purpose: what browsers run (HTML, SVG), programs, and films and HEIC pictures, whose recorded places
 * could not be taken out.
 */
export interface Kind {
  /** Media type, as which the file is served. */
  readonly type: string;
  /** Without the dot; a name that ends in none of them gets the first. */
  readonly extensions: readonly [string, ...string[]];
  /** `picture`: decoded, cleaned and shown. `text`: all of it must be text. `file`: kept as it is, and only saved. */
  readonly treatment: "picture" | "text" | "file";
}

interface Magic {
  readonly kind: Kind;
  /** Bytes by offset; Latin-1. */
  readonly marks: readonly (readonly [number, string])[];
}

const picture = (type: string, ...extensions: Kind["extensions"]): Kind => ({
  type,
  extensions,
  treatment: "picture",
});
const file = (type: string, ...extensions: Kind["extensions"]): Kind => ({
  type,
  extensions,
  treatment: "file",
});
const text = (type: string, ...extensions: Kind["extensions"]): Kind => ({
  type,
  extensions,
  treatment: "text",
});

const jpeg = picture("image/jpeg", "jpg", "jpeg", "jpe", "jfif");
const png = picture("image/png", "png");
const gif = picture("image/gif", "gif");
const webp = picture("image/webp", "webp");
const pdf = file("application/pdf", "pdf");
const zip = file("application/zip", "zip");

const magics: readonly Magic[] = [
  { kind: jpeg, marks: [[0, "\xff\xd8\xff"]] },
  { kind: png, marks: [[0, "\x89PNG\r\n\x1a\n"]] },
  { kind: gif, marks: [[0, "GIF87a"]] },
  { kind: gif, marks: [[0, "GIF89a"]] },
  {
    kind: webp,
    marks: [
      [0, "RIFF"],
      [8, "WEBP"],
    ],
  },
  { kind: pdf, marks: [[0, "%PDF-"]] },
  { kind: zip, marks: [[0, "PK\x03\x04"]] },
];

const openXml = "application/vnd.openxmlformats-officedocument";
const openDocument = "application/vnd.oasis.opendocument";

/** Archives by the name of what they are. */
const archives: readonly Kind[] = [
  file(`${openXml}.wordprocessingml.document`, "docx"),
  file(`${openXml}.spreadsheetml.sheet`, "xlsx"),
  file(`${openXml}.presentationml.presentation`, "pptx"),
  file(`${openDocument}.text`, "odt"),
  file(`${openDocument}.spreadsheet`, "ods"),
  file(`${openDocument}.presentation`, "odp"),
];

const plain = text("text/plain", "txt", "log", "md");
const csv = text("text/csv", "csv");

export const kinds: readonly Kind[] = [jpeg, png, gif, webp, pdf, ...archives, plain, csv, zip];

/** An archive may hide anything: whoever wants them says so. */
export const defaultTypes: readonly string[] = kinds.filter((kind) => kind !== zip).map(({ type }) => type);

/** So many bytes are enough for `kindOf`. */
export const headBytes = 16;

/** @param head the first bytes of the file, all of them where it has fewer than `headBytes` */
export function kindOf(head: Uint8Array, name: string): Kind {
  const bytes = Buffer.from(head.subarray(0, headBytes)).toString("latin1");
  const found = magics.find(({ marks }) => marks.every(([at, mark]) => bytes.startsWith(mark, at)));
  const named = (of: readonly Kind[]) => of.find(({ extensions }) => extensions.includes(extensionOf(name)));
  // What is none of these can only be text; whether it is, its every byte says.
  if (!found) return named([csv]) ?? plain;
  return found.kind === zip ? (named(archives) ?? zip) : found.kind;
}

/** In lower case, without the dot; empty where there is none. */
export const extensionOf = (name: string): string => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
