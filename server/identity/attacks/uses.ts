import { ProblemError } from "../../../shared/problem-error.ts";
import type { ProblemCode } from "../../../shared/problems.ts";
import { hashOf, opening } from "../../store/contract/fixtures.ts";
import { openSqliteStore } from "../../store/sqlite/open.ts";
import type { Store } from "../../store/store.ts";
import { report } from "../fixtures/checking.ts";
import { withOtherSignature } from "../fixtures/ecdsa-twin.ts";
import { claims, community, ec, gate, nowSeconds, signed } from "../fixtures/signing.ts";
import { datedUse } from "../identity.ts";
import { type Attack, elsewhere } from "./attack.ts";

/** Tokens that were good once: step 8 of the gate, over a real store. */

interface World {
  readonly store: Store;
  /** Opens a session and answers with the name of its token. */
  open(token: string): Promise<string>;
  /** As `open`; a report that is of another opinion fails it. */
  tryAgain(token: string): Promise<unknown>;
  logOut(
    session: string,
    how?: { readonly everywhere: boolean; readonly atSeconds: number },
  ): Promise<unknown>;
}

let sessions = 0;

async function startWorld(changes: object): Promise<World> {
  const store = await openSqliteStore(":memory:");
  const place = await community(changes);

  async function open(token: string): Promise<string> {
    const verified = await gate().verifyContactJwt(token, place);
    const name = `session ${sessions++}`;
    const { communityId, platformKey, authId, identity, fields } = verified;
    const opened = await store.openSession(
      opening(
        { verified: true, communityId, platformKey, authId, identity, fields },
        { tokenHash: hashOf(name), identityToken: datedUse(verified.token, place), at: nowSeconds * 1000 },
      ),
    );
    if (!opened.ok) throw new ProblemError(opened.code);
    return name;
  }

  return {
    store,
    open,
    async tryAgain(token) {
      const told = await report(token, place, { lookUp: store.tokenState });
      const code = await open(token).then(
        () => null,
        (error: ProblemError) => error.code,
      );
      if (told.code !== code) throw new Error(`It ended with ${code}; the report had said ${told.code}.`);
      if (code) throw new ProblemError(code);
    },
    logOut: (session, { everywhere, atSeconds } = { everywhere: false, atSeconds: nowSeconds }) =>
      store.endSession({ tokenHash: hashOf(session), everywhere, at: atSeconds * 1000 }),
  };
}

type Row = readonly [
  name: string,
  play: (world: World) => Promise<unknown>,
  code: ProblemCode,
  changes?: object,
];

const good = await signed();
const single = await signed({ ...claims, jti: "t-1" });
const once = { singleUseTokens: true };
const byEc = await signed(claims, { alg: "ES256", kid: "ec" }, ec.privateKey);
const without = await signed({ identity: "user-123", exp: claims.exp });
const everywhere = { everywhere: true, atSeconds: nowSeconds + 10 };

const rows: readonly Row[] = [
  [
    "a token after its session's logout",
    async ({ open, logOut, tryAgain }) => {
      await logOut(await open(good));
      await tryAgain(good);
    },
    "token_revoked",
  ],
  [
    "a token after the logout of one of its two sessions",
    async ({ open, logOut, tryAgain }) => {
      await open(good);
      await logOut(await open(good));
      await tryAgain(good);
    },
    "token_revoked",
  ],
  [
    "a revoked token with the other signature that ECDSA allows",
    async ({ open, logOut, tryAgain }) => {
      await logOut(await open(byEc));
      await tryAgain(withOtherSignature(byEc));
    },
    "token_revoked",
  ],
  [
    "a revoked token signed anew over the same claims",
    async ({ open, logOut, tryAgain }) => {
      await logOut(await open(byEc));
      await tryAgain(await signed(claims, { alg: "ES256", kid: "ec" }, ec.privateKey));
    },
    "token_revoked",
  ],
  [
    "a token that was never used, from before a logout everywhere",
    async ({ open, logOut, tryAgain }) => {
      await logOut(await open(good), everywhere);
      await tryAgain(await signed({ ...claims, exp: claims.exp + 1 }));
    },
    "token_revoked",
  ],
  [
    "a token without iat after a logout everywhere",
    async ({ open, logOut, tryAgain }) => {
      await logOut(await open(good), everywhere);
      await tryAgain(without);
    },
    "token_revoked",
  ],
  [
    "a token with an iat below zero after a logout everywhere",
    async ({ open, logOut, tryAgain }) => {
      await logOut(await open(good), everywhere);
      await tryAgain(await signed({ ...claims, iat: -1 }));
    },
    "token_revoked",
  ],
  [
    "a token of another key after a logout everywhere",
    async ({ open, logOut, tryAgain }) => {
      await logOut(await open(good), everywhere);
      await tryAgain(byEc);
    },
    "token_revoked",
  ],
  [
    "a single-use token a second time",
    async ({ open, tryAgain }) => {
      await open(single);
      await tryAgain(single);
    },
    "token_replayed",
    once,
  ],
  [
    "another token with a used jti",
    async ({ open, tryAgain }) => {
      await open(single);
      await tryAgain(await signed({ ...claims, jti: "t-1", identity: "user-9" }));
    },
    "token_replayed",
    once,
  ],
  [
    "a single-use token, used at the same time by two",
    async ({ open }) => {
      await Promise.all([open(single), open(single)]);
    },
    "token_replayed",
    once,
  ],
  [
    "a single-use token by its ECDSA twin",
    async ({ open, tryAgain }) => {
      const token = await signed({ ...claims, jti: "t-2" }, { alg: "ES256", kid: "ec" }, ec.privateKey);
      await open(token);
      await tryAgain(withOtherSignature(token));
    },
    "token_replayed",
    once,
  ],
  [
    "a single-use token after its logout: revoked before used",
    async ({ open, logOut, tryAgain }) => {
      await logOut(await open(single));
      await tryAgain(single);
    },
    "token_revoked",
    once,
  ],
  [
    "a single-use token after many others",
    async ({ open, tryAgain }) => {
      await open(single);
      for (let at = 0; at < 50; at++) await open(await signed({ ...claims, jti: `other-${at}` }));
      await tryAgain(single);
    },
    "token_replayed",
    once,
  ],
  [
    "a revoked token after the store was swept",
    async ({ open, logOut, tryAgain, store }) => {
      await logOut(await open(good));
      await store.sweepSessions((claims.exp - 1) * 1000);
      await tryAgain(good);
    },
    "token_revoked",
  ],
];

export const useAttacks: readonly Attack[] = elsewhere(
  "3.10",
  rows.map(([name, play, code, changes = {}]) => [
    name,
    async () => {
      const world = await startWorld(changes);
      try {
        await play(world);
      } finally {
        await world.store.close();
      }
    },
    code,
  ]),
);
