import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildBundles } from "./build.ts";

const root = join(import.meta.dirname, "..");
let folder: string;
beforeAll(async () => {
  await buildBundles();
  // Inside, so that the package finds itself by its name.
  folder = await mkdtemp(join(root, "dist", "consumer-"));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

test("other applications import the headless client by the package's name, with its types", {
  timeout: 90_000,
}, async () => {
  await writeFile(
    join(folder, "use.ts"),
    `import { createHeadlessClient, type HeadlessClient } from "vouch/headless";
const client: HeadlessClient = await createHeadlessClient({ url: "https://x", deploymentId: "d" });
client.on("unread", ({ count }) => count.toFixed());
// @ts-expect-error there is no such event
client.on("nothing", () => {});
export const name: string | null = (await client.login({ contactJwt: "x" })).contact.name;
`,
  );
  const options = { module: "nodenext", target: "es2022", strict: true, noEmit: true, types: [] };
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...options, lib: ["es2022", "dom"] }, files: ["use.ts"] }),
  );
  execFileSync(join(root, "node_modules", ".bin", "tsc"), ["-p", folder], { encoding: "utf8" });
});

test("the built client runs in Node as it is", { timeout: 90_000 }, async () => {
  expect(existsSync(join(root, "dist/headless/headless.js"))).toBe(true);
  const script = `import { createHeadlessClient } from "vouch/headless";
const fetch = () => Promise.reject(new TypeError("fetch failed"));
await createHeadlessClient({ url: "https://x", deploymentId: "d", fetch }).catch(({ code }) => console.log(code));`;
  await writeFile(join(folder, "use.mjs"), script);
  expect(execFileSync(process.execPath, [join(folder, "use.mjs")], { encoding: "utf8" }).trim()).toBe(
    "network",
  );
});
