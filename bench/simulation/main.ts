/** `node bench/simulation/main.ts`: installations of several sizes, from what was measured; prints two tables. */

import { randomOf } from "../soak/plan.ts";
import { playFanOut } from "./fan-out.ts";
import { readMeasured } from "./parameters.ts";
import { playStorm } from "./storm.ts";

const measured = readMeasured();
/** A customer who has the messenger open writes twice in ten minutes. */
const messagesPerCustomerAndSecond = 2 / 600;
/** The agent who has the conversation, and every second customer's other device. */
const readersPerMessage = 1.5;

const sites = [
  { customers: 10_000, nodes: 2 },
  { customers: 100_000, nodes: 4 },
  { customers: 1_000_000, nodes: 30 },
  { customers: 10_000_000, nodes: 300 },
];

const number = (value: number, digits = 1): string =>
  value.toLocaleString("en", { maximumFractionDigits: digits });

console.log(
  "Steady: customers | nodes | messages/s | node load % | GB a node | PostgreSQL cores | Redis cores | delivery p50 ms | p99 ms",
);
for (const { customers, nodes } of sites) {
  const messagesPerSecond = customers * messagesPerCustomerAndSecond;
  const outcome = playFanOut({
    measured,
    customers,
    nodes,
    messagesPerSecond,
    readersPerMessage,
    seconds: 60,
    random: randomOf("fan-out", customers),
  });
  const { nodeLoad, memoryGigabytes, databaseCores, redisCores, p50Ms, p99Ms } = outcome;
  const load = [nodeLoad * 100, memoryGigabytes, databaseCores, redisCores];
  const cells = [customers, nodes, messagesPerSecond, ...load, p50Ms, p99Ms];
  console.log(cells.map((cell) => number(cell)).join(" | "));
}

console.log(
  "\nStorm: customers | nodes | lost | p50 s | p99 s | last s | peak/s a node | mean/s | told to wait",
);
for (const { customers, nodes } of sites)
  for (const lostNodes of new Set([1, Math.max(1, Math.floor(nodes / 3))])) {
    const outcome = playStorm({
      clients: customers,
      nodes,
      lostNodes,
      connectUs: measured.node.connectUs,
      busy: 0.3,
      random: randomOf("storm", customers, lostNodes),
    });
    const { p50Ms, p99Ms, lastMs, peakPerSecond, meanPerSecond, told } = outcome;
    const cells = [customers, nodes, lostNodes, p50Ms / 1000, p99Ms / 1000, lastMs / 1000];
    console.log([...cells, peakPerSecond, meanPerSecond, told].map((cell) => number(cell)).join(" | "));
  }
