/**
 * Property tests draw the same every time, so that a run says of the code alone whether it is right. `SEED=4711` draws others,
 * `SEED=random` others each time: for hours of looking, as CONTRIBUTING.md says. A property that fails names its seed.
 */

import fc from "fast-check";

const { SEED = "20261121" } = process.env;
fc.configureGlobal({ seed: SEED === "random" ? undefined : Number(SEED) });
