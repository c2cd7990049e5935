import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { type Size, sizes } from "../../.ci/budgets.ts";
import type { Figure, Row } from "../row.ts";

/** Rows of the contract, in the order of `.ci/budgets.ts`, with the smallest of the peers measured (Zammad chat 5.2, KB of 1000). */
const rows = [
  { name: "size.snippet", aimBytes: 300 },
  { name: "size.launcher", aimBytes: 3_000, peer: { name: "Zammad chat", value: 27_400 } },
  { name: "size.engine", aimBytes: 20_000 },
  { name: "size.open", aimBytes: 27_000, peer: { name: "Zammad chat", value: 27_400 } },
] as const;

export const sizeRows: readonly Row[] = rows.map((row, index) => ({
  name: row.name,
  measure: async () => {
    const size = sizes()[index];
    if (!size) throw new Error(`No size for ${row.name}`);
    return encodings.map(([what, encode]): Figure => {
      const counted = what === (size.unit === "raw" ? "raw" : "gzip -9");
      return {
        row: row.name,
        what,
        unit: "bytes",
        better: "less",
        ours: total(size, encode),
        ...(counted && { aim: { bound: row.aimBytes } }),
        ...(counted && "peer" in row && { peer: row.peer }),
      };
    });
  },
}));

const encodings: readonly [what: string, encode: (file: Buffer) => Buffer][] = [
  ["raw", (file) => file],
  ["gzip -9", (file) => gzipSync(file, { level: 9 })],
  ["brotli 11", (file) => brotliCompressSync(file, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })],
];

function total(size: Size, encode: (file: Buffer) => Buffer): number {
  return size.files.reduce((sum, file) => sum + encode(file).length, 0);
}
