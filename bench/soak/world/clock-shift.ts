/**
 * Loaded before a node (`node --import`): its clock is wrong by as many milliseconds as the file named by SOAK_CLOCK says,
 * read again at each SIGUSR2. Timers go on as they were: time jumps, as when an operator or NTP sets a machine's clock.
 */

import { readFileSync } from "node:fs";

const path = process.env.SOAK_CLOCK ?? "";
let aheadMs = read();
process.on("SIGUSR2", () => {
  aheadMs = read();
});

function read(): number {
  return Number(readFileSync(path, "utf8"));
}

const TrueDate = Date;
const now = () => TrueDate.now() + aheadMs;

class ShiftedDate extends TrueDate {
  constructor(...parts: [] | ConstructorParameters<DateConstructor>) {
    if (parts.length === 0) super(now());
    else super(...parts);
  }
  static override now = now;
}

globalThis.Date = ShiftedDate as DateConstructor;
