/** Loaded into a program whose memory is measured: it collects its garbage when it gets SIGUSR2. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (how: object) => void;

process.on("SIGUSR2", () => {
  // What the first run sets free may hold something back until the second. The last resort gives free pages back as well, as V8
  // does by itself once a program is quiet: the room that new objects are made in grows with the haste of the making, by tens of MB.
  for (let run = 0; run < 3; run++) collect({ type: "major", execution: "sync", flavor: "last-resort" });
});
