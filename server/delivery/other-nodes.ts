/**
 * Which nodes can be heard. A node that fell silent without taking its leave is dead, or it can reach the store and not
 * us: then what it takes in is found in the store alone. Time is counted in ticks of our own, so that a pause of ours is
 * not taken for silence of theirs.
 */
export interface OtherNodes {
  heard(nodeId: string): "known" | "new" | "back";
  /** It took its leave. */
  gone(nodeId: string): void;
  tick(): void;
  /** After a time in which we could hear nobody. */
  forgive(): void;
  /** Whether one that is not forgotten yet is silent. */
  readonly missing: boolean;
}

export function createOtherNodes(ticks: {
  /** Silent for longer: missing. */
  readonly patience: number;
  /** Silent for longer: forgotten. Whoever was served there has come to another node. */
  readonly memory: number;
}): OtherNodes {
  /** Ticks since each was heard. */
  const silence = new Map<string, number>();

  return {
    heard(nodeId) {
      const silent = silence.get(nodeId);
      silence.set(nodeId, 0);
      if (silent === undefined) return "new";
      return silent > ticks.patience ? "back" : "known";
    },
    gone: (nodeId) => void silence.delete(nodeId),
    tick() {
      for (const [nodeId, silent] of silence)
        if (silent >= ticks.memory) silence.delete(nodeId);
        else silence.set(nodeId, silent + 1);
    },
    forgive() {
      for (const nodeId of silence.keys()) silence.set(nodeId, 0);
    },
    get missing() {
      return silence.values().some((silent) => silent > ticks.patience);
    },
  };
}
