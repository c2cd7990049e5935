import { mkdtemp, rm } from "node:fs/promises";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { startCompanion } from "../../e2e/harness/companion.ts";
import { openSession } from "../../e2e/harness/session.ts";
import { startFloor } from "../floors/process.ts";
import { type Figure, interleave, percentile, type Row } from "../row.ts";

const sizes = [1000, 100_000, 1_000_000] as const;
type Size = (typeof sizes)[number];
/** Read in one go of a contestant. */
const pages = 400;
const limit = 50;
const config = acmeConfig({ limits: { sessionRequestsPerMinute: 1_000_000 } });

/**
 * A page of 50 messages somewhere in a conversation, over keep-alive HTTP, one page after the other. The server starts with three
 * conversations in its database, of 1,000, 100,000 and 1,000,000 messages.
 */
export const historyPage: Row = {
  name: "history.page",
  measure: async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "vouch-bench-"));
    await fill(dataDir);
    const companion = await startCompanion({ config, dataDir });
    const floorPath = join(import.meta.dirname, "../floors/history-page.ts");
    const floor = await startFloor(floorPath, join(dataDir, "floor.db"), "1000");
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const pageOf = async (size: Size) => {
        const { sessionToken } = await openSession(companion.url, `customer-${size}`);
        const url = `${companion.url}/api/v1/conversation/messages`;
        return () => read(url, size, agent, sessionToken);
      };
      const result = await interleave(5, {
        short: await pageOf(1000),
        long: await pageOf(100_000),
        huge: await pageOf(1_000_000),
        floor: () => read(floor.url, 1000, agent),
      });
      const floor50 = result.floor.p50 ?? 0;
      const of = (size: Size, ours: number): Figure => ({
        row: "history.page",
        what: `of ${size.toLocaleString("en")}, p50`,
        unit: "ms",
        better: "less",
        ours,
        floor: floor50,
      });
      const [short = 0, long = 0, huge = 0] = [result.short.p50, result.long.p50, result.huge.p50];
      const growth: Figure = {
        row: "history.page",
        what: "1,000,000 ÷ 1,000",
        unit: "×",
        better: "less",
        ours: huge / short,
        aim: { bound: 1.2 },
      };
      return [of(1000, short), of(100_000, long), of(1_000_000, huge), growth];
    } finally {
      agent.destroy();
      await Promise.all([companion.stop(), floor.stop()]);
      await rm(dataDir, { recursive: true });
    }
  },
};

/** The server makes the conversations, and the messages are written into its database while it is stopped. */
async function fill(dataDir: string): Promise<void> {
  const companion = await startCompanion({ config, dataDir });
  const ids = new Map<string, Size>();
  for (const size of sizes)
    ids.set((await openSession(companion.url, `customer-${size}`)).conversation.id, size);
  await companion.stop();
  const database = new DatabaseSync(join(dataDir, "vouch.db"));
  const insert = database.prepare(`
    insert into message (conversation_key, seq, id, author_kind, author_name, verified, text, at)
      with recursive n(seq) as (select 1 union all select seq + 1 from n where seq < ?)
      select key, seq, printf('%08x-0000-4000-8000-000000000000', seq), 'contact', 'Ada', 1, 'Message ' || seq || ' of a long conversation', 1763717400000 + seq
      from n, conversation where conversation.id = ?`);
  const extend = database.prepare("update conversation set last_seq = ? where id = ?");
  database.exec("begin");
  for (const [id, size] of ids) {
    insert.run(size, id);
    extend.run(size, id);
  }
  database.exec("commit");
  database.close();
}

async function read(url: string, size: Size, agent: Agent, token?: string): Promise<{ p50: number }> {
  const latencies: number[] = [];
  for (let page = 0; page < pages; page++) {
    const before = limit + 1 + Math.floor(Math.random() * (size - limit));
    const startedAt = performance.now();
    await request(`${url}?before=${before}&limit=${limit}`, agent, token);
    latencies.push(performance.now() - startedAt);
  }
  return { p50: percentile(latencies, 50) };
}

function request(url: string, agent: Agent, token?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    get(url, { agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().on("end", resolve);
    }).on("error", reject);
  });
}
