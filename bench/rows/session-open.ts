import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acmeConfig, contactJwt, rsaPublicKeyPem } from "../../e2e/harness/acme.ts";
import { startCompanion } from "../../e2e/harness/companion.ts";
import { startFloor } from "../floors/process.ts";
import { interleave, type Row } from "../row.ts";

const connections = 32;
const customers = 200;
const seconds = 3;

/** Sessions opened with an RS256 Contact JWT over keep-alive HTTP: verification, contact, conversation, session, durable. */
export const sessionOpen: Row = {
  name: "session.open",
  measure: async () => {
    const scratch = await mkdtemp(join(tmpdir(), "vouch-bench-"));
    const floor = await startFloor(
      join(import.meta.dirname, "../floors/session-open.ts"),
      rsaPublicKeyPem,
      join(scratch, "floor.db"),
    );
    const companion = await startCompanion({
      config: acmeConfig({ limits: { sessionRequestsPerMinute: 100_000_000 } }),
    });
    try {
      const tokens = await Promise.all(
        Array.from({ length: customers }, (_, index) =>
          contactJwt(`customer-${index}`, { expiresInSeconds: 3600 }),
        ),
      );
      const bodies = tokens.map((token) =>
        JSON.stringify({ deploymentId: "acme-web", identity: { type: "contactJwt", token } }),
      );
      const result = await interleave(5, {
        ours: () => load(`${companion.url}/api/v1/sessions`, bodies),
        floor: () => load(floor.url, bodies),
      });
      return [
        {
          row: "session.open",
          what: "opened",
          unit: "/s",
          better: "more",
          ours: result.ours.rate ?? 0,
          floor: result.floor.rate ?? 0,
          aim: { ratio: 0.8 },
        },
      ];
    } finally {
      await floor.stop();
      await companion.stop();
      await rm(scratch, { recursive: true });
    }
  },
};

async function load(url: string, bodies: readonly string[]): Promise<Record<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const until = performance.now() + seconds * 1000;
  let opened = 0;
  const worker = async (offset: number): Promise<void> => {
    for (let turn = offset; performance.now() < until; turn += connections) {
      await post(url, agent, bodies[turn % bodies.length] ?? "");
      opened++;
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, offset) => worker(offset)));
  agent.destroy();
  return { rate: opened / seconds };
}

function post(url: string, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const call = request(url, { method: "POST", agent, headers }, (response) => {
      if (response.statusCode !== 201) reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().on("end", resolve);
    });
    call.on("error", reject).end(body);
  });
}
