import type { Bus, BusListener, Subscription, Topics } from "./bus.ts";

type Topic = keyof Topics;
type Listener = BusListener<Topics[Topic]>;

/** A topic has one listener mostly, the only socket of a customer: there a set would cost more than all else. */
type Listeners = Map<Topic, Listening | Set<Listening>>;

class Listening implements Subscription {
  readonly listener: Listener;
  readonly #topic: Topic;
  readonly #listeners: Listeners;
  #ended = false;

  constructor(topic: Topic, listener: Listener, listeners: Listeners) {
    this.listener = listener;
    this.#topic = topic;
    this.#listeners = listeners;
    const present = listeners.get(topic);
    if (present instanceof Set) present.add(this);
    else listeners.set(topic, present ? new Set([present, this]) : this);
  }

  get ended(): boolean {
    return this.#ended;
  }

  end(): void {
    this.#ended = true;
    const present = this.#listeners.get(this.#topic);
    if (present instanceof Set) present.delete(this);
    if (present === this || (present instanceof Set && present.size === 0))
      this.#listeners.delete(this.#topic);
  }
}

/**
 * The bus of one process: a listener has been called when `publish` returns.
 *
 * @param report is told what a listener threw; the other listeners are called all the same
 */
export function createInProcessBus(
  report: (error: unknown) => void = (error) => process.emitWarning(String(error)),
): Bus {
  const listeners: Listeners = new Map();

  function tell(topic: Topic, event: Topics[Topic]): void {
    const present = listeners.get(topic);
    if (present instanceof Set) {
      // Over a copy: a listener may end subscriptions, its own or another's, and begin new ones.
      for (const listening of [...present]) if (!listening.ended) call(listening, event);
    } else if (present) call(present, event);
  }

  function call({ listener }: Listening, event: Topics[Topic]): void {
    try {
      if (typeof listener === "function") listener(event);
      else listener.handleEvent(event);
    } catch (error) {
      report(error);
    }
  }

  return {
    publish: tell,
    deliver: tell,

    // Nothing but events of its topic comes to it.
    subscribe: (topic, listener) => new Listening(topic, listener as Listener, listeners),

    topics: () => [...listeners.keys()],

    async settled() {},
    health: "certain",
    onDoubt: () => () => {},

    async close() {
      listeners.clear();
    },
  };
}
