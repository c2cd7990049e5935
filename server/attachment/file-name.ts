import { extensionOf, type Kind } from "./kinds.ts";

const maxCharacters = 100;
/** Of what is given: its end, with the last part of the path. A form may say 80 KiB, and trimming takes the square of that. */
const maxGiven = 512;

/**
 * The name to show and to save a file under: the last part of a path, without what can't be seen, what turns the direction
 * of writing (`cod.‮fdp.exe`) or what file systems refuse; it ends as its kind does, so that nobody's system opens a PDF as
 * a program.
 */
export function fileName(given: string, kind: Kind): string {
  const cleaned = given
    .slice(-maxGiven)
    .toWellFormed()
    .normalize("NFC")
    .replace(/^.*[/\\]/s, "")
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}<>:"|?*\ufffd]/gu, "")
    .replace(/\s+/gu, " ")
    // Of itself a leading dot hides a file, and Windows drops trailing ones.
    .replace(/^[. ]+|[. ]+$/g, "");
  const [first] = kind.extensions;
  const extension = extensionOf(cleaned);
  const isKnown = kind.extensions.includes(extension);
  const stem = isKnown ? cleaned.slice(0, -extension.length - 1).replace(/[. ]+$/, "") : cleaned;
  const ending = `.${isKnown ? extension : first}`;
  return (Array.from(stem).slice(0, maxCharacters).join("") || "file") + ending;
}
