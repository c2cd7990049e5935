/** The server, for whoever starts it by this name: `main.js` is the same, and lighter. */

const { run } = await import("./run.ts");
await run();
