/**
 * Takes what a request was rejected with and answers with a sentence for the agent. A refused token ends the desk's
 * session on the way.
 */
export type Report = (error: unknown) => string;
