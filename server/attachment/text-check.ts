/** Control characters that texts have no use for. */
const binary = /(?![\t\n\f\r])\p{Cc}/u;

/**
 * Whether a file is text in UTF-8, chunk by chunk.
 * @returns a function that answers whether it can still be; null stands for the end
 */
export function createTextCheck(): (chunk: Uint8Array | null) => boolean {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  return (chunk) => {
    try {
      return !binary.test(chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode());
    } catch {
      return false;
    }
  };
}
