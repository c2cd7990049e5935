/**
 * Takes what a request was rejected with and answers with a sentence for the agent. A refused token ends the desk's
 * session on the way.
 */
export type Report = (error: unknown) => string;

/** Reads again, a moment later, what could not be read for a reason that passes; anything else is left as it is. */
export type ReadAgain = (error: unknown, read: () => unknown) => void;
