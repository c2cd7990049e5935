/** Sessions over the real gate and the real store, with a clock that is turned by hand. */

import { randomBytes } from "node:crypto";
import { SignJWT } from "jose";
import type { IdentityAssertion } from "../../shared/protocol.ts";
import { findPlace } from "../config/directory.ts";
import { parseConfig } from "../config/load.ts";
import { createSealer } from "../config/secret.ts";
import { createInProcessBus } from "../delivery/in-process-bus.ts";
import { createGate } from "../identity/gate.ts";
import { noJwkSets } from "../identity/jwk-sets.ts";
import { createPlatformTokens } from "../identity/platform-tokens.ts";
import { createOidc } from "../oidc/oidc.ts";
import { createGuardedFetch } from "../outbound/create-guarded-fetch.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import { createSessions } from "./sessions.ts";

export const minute = 60_000;
const secret = "Zk3vYq8sWn1Xc6Rt0Lp5Hd9Gf2Jm7Ba4Ue";

const community = (id: string, signedIdentities: string, more: object = {}) => ({
  id,
  name: id,
  signedIdentities,
  keys: [{ kid: "k", alg: "HS256", secret: `${id}-${secret}` }],
  session: { idleSeconds: 1800, absoluteSeconds: 86_400, anonymousSeconds: 259_200 },
  ...more,
});

const configuration = {
  siteId: 1,
  communities: [
    community("strict", "require"),
    community("open", "accept"),
    community("closed", "reject"),
    community("once", "accept", { singleUseTokens: true }),
    community("apart", "accept", { stepUp: "never" }),
  ],
  deployments: ["strict", "open", "closed", "once", "apart"].map((id) => ({
    id: `${id}-web`,
    community: id,
    name: id,
    allowedOrigins: [],
  })),
};

export async function startSessions() {
  let now = Date.UTC(2026, 10, 21, 9, 30);
  const clock = { now: () => now };
  const config = await parseConfig(configuration, {});
  const { limits } = config;
  const store = await openSqliteStore(":memory:");
  const bus = createInProcessBus();
  const gate = createGate({ clock, limits, jwkSets: noJwkSets });
  const sealer = createSealer("a secret of the tests, long enough, of no value");
  const platformTokens = await createPlatformTokens({ store, sealer, clock, limits });
  const oidc = createOidc({
    fetch: createGuardedFetch({ allowLoopback: false }),
    allowLoopback: false,
    jwkSets: noJwkSets,
    sealer,
    clock,
    limits,
    randomBytes,
    publicOrigin: () => "https://chat.acme.example",
    unreachable() {},
  });
  const parts = { store, bus, clock, gate, platformTokens, oidc, randomBytes };
  const sessions = createSessions({ ...parts, config });

  return {
    ...parts,
    config,
    sessions,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    /** A Contact JWT, signed now for an hour. */
    sign: (sub: string, communityId = "strict", claims: Record<string, unknown> = {}) =>
      new SignJWT({ sub, iat: Math.floor(now / 1000), exp: Math.floor(now / 1000) + 3600, ...claims })
        .setProtectedHeader({ alg: "HS256", kid: "k" })
        .sign(new TextEncoder().encode(`${communityId}-${secret}`)),
    place: (communityId: string) => findPlace(config, `${communityId}-web`),
    open: (identity: IdentityAssertion, communityId = "strict", handover: string | null = null) =>
      sessions.open({
        ...findPlace(config, `${communityId}-web`),
        identity,
        device: "Firefox on Linux",
        handover,
      }),
  };
}
