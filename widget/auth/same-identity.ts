import type { AssertedIdentity } from "../bridge/messages.ts";

export const sameIdentity = (a: AssertedIdentity, b: AssertedIdentity): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
