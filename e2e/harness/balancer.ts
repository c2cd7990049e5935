/** HAProxy with the very configuration of `compose.yaml`, in front of nodes of the test's own. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

const composeFile = join(import.meta.dirname, "..", "..", "compose.yaml");

export interface Balancer {
  readonly url: string;
  stop(): Promise<void>;
}

export const balancerCanBeStarted = (): Promise<boolean> =>
  promisify(execFile)("haproxy", ["-v"]).then(
    () => true,
    () => false,
  );

/** Resolves once it passes requests on. @param ports of the nodes, on this machine */
export async function startBalancer(directory: string, ports: readonly number[]): Promise<Balancer> {
  const port = await freePort();
  const path = join(directory, "haproxy.cfg");
  await writeFile(path, configurationFor(await readFile(composeFile, "utf8"), port, ports));
  const child = spawn("haproxy", ["-db", "-f", path], { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const ended = once(child, "exit");
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child, () => output);
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Only addresses are changed: the nodes are not found by Docker's names here. */
function configurationFor(compose: string, port: number, nodes: readonly number[]): string {
  const [, content = ""] = compose.split(/^ {4}content: \|\n/m);
  const configuration = content.replace(/^ {6}/gm, "");
  const servers = nodes.map((node, index) => `  server node${index + 1} 127.0.0.1:${node}`).join("\n");
  return configuration
    .replace("bind :8080", `bind 127.0.0.1:${port}`)
    .replace(/resolvers names\n(?: {2}.*\n)+/, "")
    .replace(/^ {2}server-template .*$/m, servers);
}

async function untilReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`HAProxy ended with ${child.exitCode}:\n${output()}`);
    const status = await fetch(`${url}/readyz`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("There is no port.");
  return address.port;
}
