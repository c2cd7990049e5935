/**
 * `node bench/soak/resumes.ts [--resumes N] [--seed S] [--json FILE]`: clients that were away come back with a position of
 * random age, to a random node of two, while others go on writing. Each must be given everything since, in order, once.
 */

import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { inTurns } from "../in-turns.ts";
import { percentile } from "../row.ts";
import { openLine } from "./clients/line.ts";
import { post } from "./clients/over-http.ts";
import { type Crowd, gatherCrowd, type Talk } from "./crowd.ts";
import { oneOf, pause } from "./faults/fault.ts";
import { messageNumber } from "./message-number.ts";
import { randomOf } from "./plan.ts";
import { resume } from "./resume.ts";
import { openShared } from "./world/shared.ts";
import { calm, createWorld } from "./world/world.ts";

const { values } = parseArgs({
  options: {
    resumes: { type: "string", default: "10000" },
    seed: { type: "string", default: randomBytes(4).toString("hex") },
    json: { type: "string" },
  },
});
const resumes = Number(values.resumes);
/** Each has this many messages at least before the first client comes back. */
const historyMessages = 500;
const width = 50;
const writePauseMs = 20;
/** A writer of its own in each conversation: the devices' numbers end long before. */
const lateWriter = 0x700;

// By `exit`, so that what was started ends with us.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
const directory = await mkdtemp(join(tmpdir(), "vouch-resumes-"));
const shared = await openShared(console.warn);
const world = await createWorld({
  ...calm,
  directory: join(directory, "world"),
  shared,
  env: {},
});
try {
  await world.standing();
  const urls = world.posts.map(({ url }) => url);
  const crowd = await gatherCrowd({
    seed: values.seed,
    urls,
    conversations: 40,
    agents: 0,
    postage: "once",
    counts: { sent: 0, resent: 0, acknowledged: 0, delivered: 0, reconnects: 0 },
    expelled: (reason) => console.error(reason),
  });
  await writeHistory(crowd);

  const random = randomOf(values.seed, "resumes");
  let over = false;
  const writing = writeOn(crowd.talks, urls, () => over);
  const began = performance.now();
  const fates = await inTurns(width, resumes, async () => {
    const { log, sessionToken } = oneOf(random, crowd.talks);
    const afterSeq = Math.floor(random() * (log.lastAcknowledged + 1));
    return resume({ url: oneOf(random, urls), token: sessionToken, afterSeq, log, open: openLine });
  });
  const elapsedSeconds = (performance.now() - began) / 1000;
  over = true;
  await writing;

  const times = fates.map(({ ms }) => ms);
  const report = {
    seed: values.seed,
    resumes,
    complete: fates.filter(({ fault }) => fault === null).length,
    faults: [...new Set(fates.flatMap(({ fault }) => fault ?? []))],
    messages: fates.reduce((sum, { messages }) => sum + messages, 0),
    medianGap: percentile(
      fates.map(({ messages }) => messages),
      50,
    ),
    p50Ms: Math.round(percentile(times, 50)),
    p99Ms: Math.round(percentile(times, 99)),
    perSecond: Math.round(resumes / elapsedSeconds),
  };
  console.log(JSON.stringify(report, null, 2));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = report.complete === resumes ? 0 : 1;
} finally {
  await world.stop();
  await shared.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exit();

async function writeHistory({ talks, participants }: Crowd): Promise<void> {
  while (talks.some(({ log }) => log.lastAcknowledged < historyMessages)) await pause(50);
  for (const participant of participants) participant.finish();
  while (participants.some((participant) => !participant.settled)) await pause(50);
  for (const participant of participants) participant.stop();
}

/** A message somewhere, again and again: some clients come back in the very moment that one is stored. */
async function writeOn(talks: readonly Talk[], urls: readonly string[], over: () => boolean): Promise<void> {
  const random = randomOf(values.seed, "late");
  for (let index = 0; !over(); index++) {
    const { log, sessionToken } = oneOf(random, talks);
    const access = { url: oneOf(random, urls), token: sessionToken };
    await post(access, log, { message: messageNumber(lateWriter, index), path: "/conversation" });
    await pause(writePauseMs);
  }
}
