/** Loaded into a program whose memory is measured: it collects its garbage when it gets SIGUSR2. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

process.on("SIGUSR2", () => {
  // What the first run sets free may hold something back until the second.
  for (let run = 0; run < 3; run++) collect();
});
