/**
 * A server that breaks a promise on purpose, to see that the soak notices. `SOAK_MUTANT` says which. The rest is the
 * server as it is.
 */

import { join } from "node:path";
import { createServer } from "../../../server/app.ts";
import { readEnvironment } from "../../../server/config/environment.ts";
import { loadFile } from "../../../server/config/load.ts";
import { openSqliteStore } from "../../../server/store/sqlite/open.ts";
import { mutants } from "./mutants.ts";

const environment = readEnvironment(process.env);
const mutate = mutants[process.env.SOAK_MUTANT ?? ""];
if (!mutate) throw new Error(`There is no mutant ${process.env.SOAK_MUTANT}.`);
const server = await createServer({
  environment,
  file: await loadFile(environment.configPath, process.env),
  store: mutate(await openSqliteStore(join(environment.dataDir, "vouch.db"))),
});
process.on("SIGTERM", () => void server.close().then(() => process.exit(0)));
console.log(JSON.stringify({ event: "listening", url: server.url }));
