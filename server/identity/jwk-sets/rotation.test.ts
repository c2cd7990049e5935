import { describe, expect, it } from "vitest";
import { defaultLimits } from "../../../shared/limits.ts";
import { parseConfig } from "../../config/load.ts";
import { refusalCode } from "../fixtures/refusal.ts";
import { claims, ec, type KeyPair, otherRsa, rsa, signed } from "../fixtures/signing.ts";
import { createGate } from "../gate.ts";
import { jwkOf, keys, minute, second, startKeyServer, status, turnedSets } from "./fixtures/turned-sets.ts";

const old = jwkOf(rsa, "old");
const fresh = jwkOf(otherRsa, "new");

/** The real gate of a community whose keys come by URL, and whose one configured key is `configured`. */
async function startGate(answer = keys(old)) {
  const server = await startKeyServer(answer);
  const turned = await turnedSets([server.url]);
  const publicKey = { kid: "configured", alg: "ES256", publicKey: ec.publicPem };
  const config = await parseConfig(
    { communities: [{ id: "acme", identityClaim: "identity", keys: [publicKey, { jwksUrl: server.url }] }] },
    { VOUCH_ALLOW_LOOPBACK: "1" },
    turned.clock,
  );
  const [acme] = config.communities.values();
  if (!acme) throw new Error("The configuration has no community.");
  const used: string[] = [];
  const gate = createGate({
    clock: turned.clock,
    limits: defaultLimits,
    jwkSets: turned.sets,
    keyUsed: (communityId, kid) => used.push(`${communityId} ${kid}`),
  });
  return { server, ...turned, used, verify: (token: string) => gate.verifyContactJwt(token, acme) };
}

const tokens = (count: number, kid: string, key: KeyPair) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      signed({ ...claims, identity: `user-${index}` }, { alg: key.alg, kid }, key.privateKey),
    ),
  );

describe("The gate with keys by URL", () => {
  it("verifies, and says which key did", async () => {
    const { verify, used } = await startGate();
    const [token = ""] = await tokens(1, "old", rsa);
    expect((await verify(token)).platformKey).toBe("v1/acme/AUTH/jwt/uid:user-0");
    expect(used).toEqual(["acme old"]);
  });

  it("says nothing of a key whose signature is wrong", async () => {
    const { verify, used } = await startGate();
    const [forged = ""] = await tokens(1, "old", otherRsa);
    expect(await refusalCode(() => verify(forged))).toBe("signature_invalid");
    expect(used).toEqual([]);
  });

  it("never lets a set take a configured key's place", async () => {
    const { verify, fetches } = await startGate(keys(jwkOf(rsa, "configured")));
    const [forged = ""] = await tokens(1, "configured", rsa);
    expect(await refusalCode(() => verify(forged))).toBe("algorithm_not_allowed");
    const [sound = ""] = await tokens(1, "configured", ec);
    await verify(sound);
    expect(fetches()).toBe(0);
  });

  it("never fetches for a shared token", async () => {
    const { verify, fetches } = await startGate(keys({ kty: "oct", alg: "HS256", k: "AAAA", kid: "hs" }));
    const token = await signed(claims, { alg: "HS256", kid: "hs" }, Buffer.alloc(32, "a"));
    expect(await refusalCode(() => verify(token))).toBe("algorithm_not_allowed");
    expect(fetches()).toBe(0);
  });

  it("needs a kid, for a set may have several keys", async () => {
    const { verify } = await startGate();
    const token = await signed(claims, { alg: "RS256" });
    expect(await refusalCode(() => verify(token))).toBe("key_id_required");
  });

  it("tells an unknown key from an unavailable set", async () => {
    const { verify, sweep } = await startGate();
    await sweep();
    const [token = ""] = await tokens(1, "new", otherRsa);
    expect(await refusalCode(() => verify(token))).toBe("key_unknown");
    const down = await startGate(status(500));
    await down.sweep();
    expect(await refusalCode(() => down.verify(token))).toBe("keyset_unavailable");
  });
});

it("A rotation in the middle of load refuses no new token after ten seconds, and no old one before the key is gone", async () => {
  const { server, sets, pass, verify, fetches, settle } = await startGate();
  const before = await tokens(20, "old", rsa);
  const after = await tokens(20, "new", otherRsa);
  const rotatedAt = 7.25 * second;
  const outcomes = { early: 0, late: 0 };
  const attempt = async (token: string, refused: () => void) => verify(token).catch(refused);

  for (let at = 0; at <= 60 * second; at += 250) {
    pass(250);
    if (at === rotatedAt) server.answer = keys(old, fresh);
    if (at % second === 0) sets.sweep();
    const refusedNew = () => void (at >= rotatedAt + 10 * second ? outcomes.late++ : outcomes.early++);
    await Promise.all([
      ...before.map((token) => verify(token)),
      ...(at < rotatedAt ? [] : after.map((token) => attempt(token, refusedNew))),
    ]);
  }
  expect(outcomes.late).toBe(0);
  // The start's, and one for the new key; tokens of the first seconds after the rotation were refused at no cost.
  expect(fetches()).toBeLessThanOrEqual(3);
  expect(server.requests).toBe(fetches());

  server.answer = keys(fresh);
  for (let left = 10 * minute; left > 0; left -= second) {
    pass(second);
    sets.sweep();
    await settle();
  }
  expect(await Promise.all(before.map((token) => refusalCode(() => verify(token))))).toEqual(
    before.map(() => "key_unknown"),
  );
  await Promise.all(after.map(verify));
});
