import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { acmeConfig, contactJwt, rsaPublicKeyPem } from "../../e2e/harness/acme.ts";
import { type Companion, startCompanion } from "../../e2e/harness/companion.ts";
import { startFloor } from "../floors/process.ts";
import { interleave, type Row } from "../row.ts";

const connections = 32;
const seconds = 3;
const few = 5000;
const many = 1_000_000;
/** Who opens sessions: spread over all who are stored, so many that their rows do not stay in SQLite's cache. */
const customers = 5000;
const config = acmeConfig({ limits: { sessionRequestsPerMinute: 100_000_000 } });

/**
 * Sessions opened with an RS256 Contact JWT over keep-alive HTTP: verification, contact, conversation, session, durable. By
 * customers who are known, of 5,000 and of 1,000,000 stored contacts, each with a conversation. The floor does the
 * same work (decision 31): it verifies, finds the customer and the conversation, asks for revocation, stores what a logout needs. A lesser
 * one verifies and stores one row.
 */
export const sessionOpen: Row = {
  name: "session.open",
  measure: async () => {
    const scratch = await mkdtemp(join(tmpdir(), "vouch-bench-"));
    const floorPath = join(import.meta.dirname, "../floors/session-open.ts");
    const floor = await startFloor(floorPath, rsaPublicKeyPem, join(scratch, "floor.db"));
    const promising = await startFloor(
      floorPath,
      rsaPublicKeyPem,
      join(scratch, "promising.db"),
      "promising",
    );
    const small = await startWith(few);
    const large = await startWith(many);
    try {
      const [bodies, spread] = await Promise.all([requests(few), requests(many)]);
      const result = await interleave(5, {
        ours: () => load(`${small.url}/api/v1/sessions`, bodies),
        floor: () => load(floor.url, bodies),
        promising: () => load(promising.url, bodies),
        large: () => load(`${large.url}/api/v1/sessions`, spread),
      });
      const { ours, floor: least, large: slower } = result;
      return [
        {
          row: "session.open",
          what: "opened",
          unit: "/s",
          better: "more",
          ours: ours.rate ?? 0,
          floor: result.promising.rate ?? 0,
          aim: { ratio: 0.8 },
        },
        {
          row: "session.open",
          what: "beside one that stores a row and no more",
          unit: "/s",
          better: "more",
          ours: ours.rate ?? 0,
          floor: least.rate ?? 0,
        },
        {
          row: "session.open",
          what: "time, 1,000,000 ÷ 5,000 contacts",
          unit: "×",
          better: "less",
          ours: (ours.rate ?? 0) / (slower.rate ?? Number.NaN),
          aim: { bound: 1.1 },
        },
      ];
    } finally {
      await Promise.all([floor.stop(), promising.stop(), small.stop(), large.stop()]);
      await Promise.all([scratch, small.dataDir, large.dataDir].map((path) => rm(path, { recursive: true })));
    }
  },
};

/** The server makes the database, and the contacts are written into it while it is stopped. */
async function startWith(contacts: number): Promise<Companion> {
  const dataDir = await mkdtemp(join(tmpdir(), "vouch-bench-"));
  await (await startCompanion({ config, dataDir })).stop();
  const database = new DatabaseSync(join(dataDir, "vouch.db"));
  database.exec("begin");
  database
    .prepare(`
      insert into contact (id, community_id, platform_key, auth_id, identity, verified, fields, valid_after_seconds, created_at)
        with recursive n(number) as (select 0 union all select number + 1 from n where number + 1 < ?)
        select printf('%08x-0000-7000-8000-000000000000', number), 'acme', printf('v1/acme/AUTH/jwt/uid:customer-%07d', number),
          'jwt', printf('customer-%07d', number), 1, '{}', 0, 1763717400000 from n`)
    .run(contacts);
  database.exec(`
    insert into conversation (id, contact_id, community_id, deployment_id, preview, state, last_seq,
        contact_delivered, contact_read, agent_delivered, agent_read, created_at, updated_at)
      select id, id, community_id, 'acme-web', 0, 'open', 0, 0, 0, 0, 0, created_at, created_at from contact`);
  database.exec("commit");
  database.close();
  return await startCompanion({ config, dataDir });
}

/** Bodies of requests of customers who stand at equal distances among the contacts. */
async function requests(contacts: number): Promise<readonly string[]> {
  const numbers = Array.from({ length: customers }, (_, index) => Math.floor((index * contacts) / customers));
  return await Promise.all(
    numbers.map(async (number) => {
      const identity = `customer-${String(number).padStart(7, "0")}`;
      const token = await contactJwt(identity, { expiresInSeconds: 3600 });
      return JSON.stringify({ deploymentId: "acme-web", identity: { type: "contactJwt", token } });
    }),
  );
}

async function load(url: string, bodies: readonly string[]): Promise<Record<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const until = performance.now() + seconds * 1000;
  let opened = 0;
  let turn = Math.floor(Math.random() * bodies.length);
  const worker = async (): Promise<void> => {
    while (performance.now() < until) {
      await post(url, agent, bodies[turn++ % bodies.length] ?? "");
      opened++;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
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
