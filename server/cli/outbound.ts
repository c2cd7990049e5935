import { createGuardedFetch } from "../outbound/create-guarded-fetch.ts";
import type { GuardedFetch } from "../outbound/guarded-fetch.ts";
import type { Console } from "./console.ts";

/** Requests under the rules of the server that would be started with this environment. */
export const outboundFetch = ({ env, fetch }: Console): GuardedFetch =>
  fetch ?? createGuardedFetch({ allowLoopback: env.VOUCH_ALLOW_LOOPBACK === "1" });
