// Plain JavaScript: to strip the types of a first file Node loads a compiler of 15 MB, which it does not need for the files
// that follow once they are in the cache.
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Half of a start is compiling what has not changed since the last one. The cache lies beside the packages: whoever can
// write there can change the code as well. Where nobody can, there is no cache.
enableCompileCache(join(import.meta.dirname, "..", "node_modules", ".cache", "vouch"));

const { run } = await import("./run.ts");
await run();
