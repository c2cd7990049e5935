/** What an application has of a file, as a body that the platform can send. */

import type { FileRequest } from "../messenger/transport/send-file.ts";

/** A file, in whatever way the platform has it. */
export type HeadlessFile =
  /** A `Blob` without a name is called `file`. */
  | Blob
  /** The content in memory. `type`: its media type, such as `image/jpeg`. */
  | { readonly bytes: Uint8Array; readonly name: string; readonly type: string }
  /** React Native: a file of the device, as its pickers name it. */
  | { readonly uri: string; readonly name: string; readonly type: string };

/** In bytes; undefined where the device alone knows. */
export function sizeOf(file: HeadlessFile): number | undefined {
  if ("size" in file) return file.size;
  return "uri" in file ? undefined : file.bytes.length;
}

/** @param newBoundary appears nowhere else, as a random UUID does */
export function bodyOf(
  file: HeadlessFile,
  newBoundary: () => string,
): Pick<FileRequest, "body" | "contentType"> {
  // Not by `bytes`, which newer Blobs have as a method.
  if (!("size" in file || "uri" in file)) return multipart(file, newBoundary());
  const body = new FormData();
  // React Native's FormData takes such an object where others take a Blob.
  if ("uri" in file) body.append("file", file as unknown as Blob);
  else body.append("file", file, "name" in file ? String(file.name) : "file");
  return { body };
}

/** By hand (RFC 7578): React Native makes no Blob of bytes, and its FormData takes none. */
function multipart(
  { bytes, name, type }: Exclude<HeadlessFile, Blob | { uri: string }>,
  boundary: string,
): Pick<FileRequest, "body" | "contentType"> {
  const encoder = new TextEncoder();
  const head = encoder.encode(
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${quoted(name)}"\r\ncontent-type: ${quoted(type)}\r\n\r\n`,
  );
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`);
  const body = new Uint8Array(head.length + bytes.length + tail.length);
  body.set(head);
  body.set(bytes, head.length);
  body.set(tail, head.length + bytes.length);
  return { body, contentType: `multipart/form-data; boundary=${boundary}` };
}

/** As the HTML standard escapes the names of files: none ends its quotes or its line. */
const quoted = (text: string): string =>
  text.replace(/["\r\n]/g, (character) => encodeURIComponent(character));
