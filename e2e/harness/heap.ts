/** What the memory of a tab's scripts holds, by a snapshot of the heap: only what can be reached is in one. */

import type { Page } from "playwright-core";

interface HeapSnapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly [readonly string[], ...unknown[]];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** Of the host page and the messenger's frame, which share a process: they are of one site. @returns by secret, who holds it */
export async function stringsReachable(
  page: Page,
  secrets: readonly string[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const cdp = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  cdp.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  // The console's own record of what was evaluated is not the messenger's.
  await cdp.send("Runtime.enable");
  await cdp.send("Runtime.discardConsoleEntries");
  await cdp.send("HeapProfiler.enable");
  for (let round = 0; round < 3; round++) await cdp.send("HeapProfiler.collectGarbage");
  await cdp.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await cdp.detach();
  const snapshot = JSON.parse(chunks.join("")) as HeapSnapshot;
  const found: Record<string, readonly string[]> = {};
  for (const secret of secrets) {
    const holders = snapshot.strings.some((text) => text.includes(secret)) ? holdersOf(snapshot, secret) : [];
    if (holders.length > 0) found[secret] = holders;
  }
  return found;
}

/** The ways to the strings that hold the secret, from outside in: enough to find the line of the source. */
function holdersOf({ snapshot, nodes, edges, strings }: HeapSnapshot, secret: string): readonly string[] {
  const { node_fields, node_types, edge_fields, edge_types } = snapshot.meta;
  const [width, edgeWidth] = [node_fields.length, edge_fields.length];
  const at = (field: string): number => node_fields.indexOf(field);
  const [type, name, count] = [at("type"), at("name"), at("edge_count")];
  const typeOf = (node: number): string => node_types[0][nodes[node + type] ?? 0] ?? "";
  const nameOf = (node: number): string => strings[nodes[node + name] ?? 0] ?? "";

  const heldBy = new Map<number, { readonly by: number; readonly as: string }>();
  const queue = [0];
  const firstEdge = new Map<number, number>();
  for (let node = 0, edge = 0; node < nodes.length; node += width) {
    firstEdge.set(node, edge);
    edge += (nodes[node + count] ?? 0) * edgeWidth;
  }
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    const start = firstEdge.get(node) ?? 0;
    for (let edge = start; edge < start + (nodes[node + count] ?? 0) * edgeWidth; edge += edgeWidth) {
      const kind = edge_types[0][edges[edge] ?? 0] ?? "";
      const to = edges[edge + 2] ?? 0;
      if (kind === "weak" || to === 0 || heldBy.has(to)) continue;
      const label = edges[edge + 1] ?? 0;
      heldBy.set(to, {
        by: node,
        as: kind === "element" || kind === "hidden" ? `[${label}]` : (strings[label] ?? ""),
      });
      queue.push(to);
    }
  }

  const ways: string[] = [];
  for (const node of heldBy.keys()) {
    if (!/string/.test(typeOf(node)) || !nameOf(node).includes(secret)) continue;
    const way: string[] = [];
    for (let step = heldBy.get(node), i = 0; step && i < 12; step = heldBy.get(step.by), i++)
      way.unshift(`${typeOf(step.by)} ${nameOf(step.by).slice(0, 40)} .${step.as.slice(0, 40)}`);
    ways.push(way.join(" > "));
  }
  return ways;
}
