import { atMost, between, type Fault, oneOf, pause } from "./fault.ts";

/** Starting again takes half a second; on a busy machine, and with another fault beside, longer. */
const patienceMs = 15_000;

/** SIGKILL: nothing is finished, nothing is said. The others go on. */
export const kill: Fault = {
  name: "kill",
  pauseMs: [150, 900],
  needs: {},
  async strike({ world, random, killed }) {
    const { node } = oneOf(random, world.posts);
    if (node.pid() === null) return;
    const replaced = node.replaced();
    node.signal("SIGKILL");
    killed();
    // Some of those who come up are killed while they do.
    if (random() < 0.8) await atMost(patienceMs, replaced);
  },
};

/** SIGSTOP: it answers nothing, keeps its connections, and goes on later as if no time had passed. */
export const freeze: Fault = {
  name: "freeze",
  pauseMs: [500, 3000],
  needs: {},
  async strike({ world, random, freezeMs }) {
    const { node } = oneOf(random, world.posts);
    node.signal("SIGSTOP");
    await pause(between(random, freezeMs / 4, freezeMs));
    node.signal("SIGCONT");
  },
};

/** SIGTERM to one after the other: each drains, ends, and is back before the next goes. */
export const restart: Fault = {
  name: "restart",
  pauseMs: [500, 2000],
  needs: {},
  async strike({ world }) {
    for (const { node } of world.posts) {
      const replaced = node.replaced();
      node.signal("SIGTERM");
      await atMost(patienceMs, replaced);
    }
  },
};
