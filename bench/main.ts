/**
 * `npm run bench [row…] [--json FILE]`: measures the named rows, or those of a group (`size`), or all; prints a table.
 */

import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import type { Figure, Row } from "./row.ts";
import { connectionIdle } from "./rows/connection-idle.ts";
import { historyPage } from "./rows/history-page.ts";
import { messageAck } from "./rows/message-ack.ts";
import { messageDeliver } from "./rows/message-deliver.ts";
import { nodesDeliver } from "./rows/nodes-deliver.ts";
import { pageCost } from "./rows/page-cost.ts";
import { pageOpen } from "./rows/page-open.ts";
import { serverStart } from "./rows/server-start.ts";
import { sessionOpen } from "./rows/session-open.ts";
import { sizeRows } from "./rows/size.ts";

const rows: readonly Row[] = [
  ...sizeRows,
  pageCost,
  pageOpen,
  sessionOpen,
  messageAck,
  messageDeliver,
  nodesDeliver,
  connectionIdle,
  historyPage,
  serverStart,
];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: "string" } } });
const chosen =
  positionals.length === 0 ? rows : rows.filter((row) => positionals.some((name) => names(row, name)));
if (chosen.length === 0) {
  console.error(`No such row. There are: ${rows.map((row) => row.name).join(" ")}`);
  process.exit(2);
}

const figures: Figure[] = [];
for (const row of chosen) {
  process.stderr.write(`${row.name} …\n`);
  figures.push(...(await row.measure()));
}
console.log(`${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, Node ${process.versions.node}\n`);
console.log(table(figures));
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);

function names(row: Row, name: string): boolean {
  return row.name === name || row.name.startsWith(`${name}.`);
}

function table(all: readonly Figure[]): string {
  const header = ["row", "what", "ours", "floor", "ours ÷ floor", "aim", "peer"];
  const lines = all.map((figure) => [
    figure.row,
    figure.what,
    `${number(figure.ours)} ${figure.unit}`,
    figure.floor === undefined ? "" : number(figure.floor),
    figure.floor === undefined ? "" : (figure.ours / figure.floor).toFixed(2),
    figure.aim === undefined ? "" : aim(figure),
    figure.peer === undefined ? "" : `${figure.peer.name} ${number(figure.peer.value)}`,
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  return [header, ...lines]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function aim(figure: Figure): string {
  if (!figure.aim) return "";
  const [value, target] =
    "ratio" in figure.aim
      ? [figure.ours / (figure.floor ?? Number.NaN), figure.aim.ratio]
      : [figure.ours, figure.aim.bound];
  const met = figure.better === "more" ? value >= target : value <= target;
  return `${figure.better === "more" ? "≥" : "≤"} ${number(target)} ${met ? "met" : "missed"}`;
}

function number(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : value < 1000 ? 1 : 0 });
}
