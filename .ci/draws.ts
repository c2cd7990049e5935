/**
 * Property tests draw the same every time, so that a run says of the code alone whether it is right. `SEED=4711` draws others,
 * `SEED=random` others each time: for hours of looking, as CONTRIBUTING.md says. A property that fails names its seed.
 */

import fc from "fast-check";
import { seedOf } from "./seed.ts";

fc.configureGlobal({ seed: seedOf(process.env) });
