import { describe, expect, it } from "vitest";
import { refusalCode } from "../fixtures/refusal.ts";
import { ec, otherRsa, rsa } from "../fixtures/signing.ts";
import {
  jwkOf,
  keys,
  minute,
  second,
  start,
  startKeyServer,
  status,
  turnedSets,
} from "./fixtures/turned-sets.ts";

const one = jwkOf(rsa, "one");
const two = jwkOf(otherRsa, "two");

describe("A key of a JWK set by URL", () => {
  it("is found by its kid, from the first fetch on", async () => {
    const server = await startKeyServer(keys(one, two));
    const { find, fetches } = await turnedSets([server.url]);
    expect(await find("two")).toMatchObject({ kid: "two", alg: "RS256" });
    expect(await find("one")).toMatchObject({ kid: "one" });
    expect(fetches()).toBe(1);
  });

  it("serves its own algorithm only", async () => {
    const server = await startKeyServer(keys(one));
    const { find } = await turnedSets([server.url]);
    expect(await refusalCode(() => find("one", "acme", "PS256"))).toBe("algorithm_not_allowed");
  });

  it("is the first address's where several have its kid, and any address's where one has it", async () => {
    const first = await startKeyServer(keys(one));
    const second = await startKeyServer(keys(jwkOf(ec, "one"), two));
    const { find, sweep } = await turnedSets([first.url, second.url]);
    await sweep();
    expect(await find("one")).toMatchObject({ alg: "RS256" });
    expect(await find("two")).toMatchObject({ kid: "two" });
  });

  it("of one address serves while another address fails", async () => {
    const failing = await startKeyServer(status(500));
    const sound = await startKeyServer(keys(two));
    const { find } = await turnedSets([failing.url, sound.url]);
    expect(await find("two")).toMatchObject({ kid: "two" });
    expect(await refusalCode(() => find("one"))).toBe("keyset_unavailable");
  });

  it("is unknown where the set is known and has no such key", async () => {
    const server = await startKeyServer(keys(one));
    const { find } = await turnedSets([server.url]);
    expect(await find("two")).toBeNull();
    expect(await find("__proto__")).toBeNull();
    expect(await find("toString")).toBeNull();
  });
});

describe("Fetches", () => {
  it("begin at the first sweep, which nothing waits for", async () => {
    const server = await startKeyServer(keys(one));
    const { sets, settle, fetches } = await turnedSets([server.url]);
    sets.sweep();
    expect(fetches()).toBe(1);
    await settle();
    expect(sets.status([server.url])[0]?.keys).toEqual([{ kid: "one", alg: "RS256" }]);
  });

  it("are one for all who wait", async () => {
    const server = await startKeyServer(keys(one));
    const { find, sets } = await turnedSets([server.url]);
    sets.sweep();
    const found = await Promise.all(Array.from({ length: 200 }, () => find("one")));
    expect(new Set(found).size).toBe(1);
    expect(server.requests).toBe(1);
  });

  it("for a thousand random kids are one in five seconds", async () => {
    const server = await startKeyServer(keys(one));
    const { find, fetches, pass, sweep } = await turnedSets([server.url]);
    await sweep();
    for (let step = 0; step < 100; step++) {
      pass(100);
      const found = await Promise.all(Array.from({ length: 10 }, () => find(`random-${Math.random()}`)));
      expect(new Set(found)).toEqual(new Set([null]));
      expect(await find("one")).toMatchObject({ kid: "one" });
    }
    // At the start, after 5 s and after 10 s.
    expect([fetches(), server.requests]).toEqual([3, 3]);
  });

  it("keep no other sets of the community from being asked: whoever floods its provider's must not hold up its own", async () => {
    const [provider, own] = [
      await startKeyServer(keys(jwkOf(rsa, "p"))),
      await startKeyServer(keys(jwkOf(rsa, "old"))),
    ];
    const { sets, pass, sweep } = await turnedSets([provider.url, own.url]);
    await sweep();
    const request = { communityId: "acme", alg: "RS256" };
    own.answer = keys(jwkOf(rsa, "old"), jwkOf(rsa, "new"));
    pass(6 * second);
    const flood = { ...request, provider: "https://login.acme.example", urls: [provider.url] };
    for (const kid of ["made up", "too"]) expect(await sets.find({ ...flood, kid })).toBeNull();
    expect((await sets.find({ ...request, urls: [own.url], kid: "new" }))?.kid).toBe("new");
    expect(provider.requests).toBe(2);
  });

  it("for unknown kids of many communities at one address are one in five seconds as well", async () => {
    const server = await startKeyServer(keys(one));
    const { find, fetches, pass, sweep } = await turnedSets([server.url]);
    await sweep();
    pass(5 * second);
    await Promise.all(Array.from({ length: 50 }, (_, index) => find("x", `community-${index}`)));
    expect(fetches()).toBe(2);
    await Promise.all(Array.from({ length: 50 }, (_, index) => find("x", `other-${index}`)));
    expect(fetches()).toBe(2);
  });

  it("are limited for each community over all its addresses", async () => {
    const servers = [await startKeyServer(keys(one)), await startKeyServer(keys(two))];
    const { find, fetches, pass, sweep } = await turnedSets(servers.map(({ url }) => url));
    await sweep();
    pass(5 * second);
    await find("x");
    await find("y");
    expect(fetches()).toBe(4);
  });

  it("are limited for a community although the last fetch of one of its sets is long ago", async () => {
    const servers = [await startKeyServer(keys(one)), await startKeyServer(keys(two))];
    const urls = [servers[0]?.url ?? ""];
    const { find, fetches, pass, sweep } = await turnedSets(urls);
    await sweep();
    pass(5 * second);
    await find("x");
    urls.push(servers[1]?.url ?? "");
    expect(await refusalCode(() => find("y"))).toBe("keyset_unavailable");
    expect(fetches()).toBe(2);
    await sweep();
    pass(second);
    expect(await find("two")).toMatchObject({ kid: "two" });
    expect(fetches()).toBe(3);
  });

  it("end for an address that is no longer configured, and begin anew once it is again", async () => {
    const server = await startKeyServer(keys(one));
    const urls = [server.url];
    const { sweep, pass, fetches } = await turnedSets(urls);
    await sweep();
    urls.pop();
    pass(10 * minute);
    await sweep();
    expect(fetches()).toBe(1);
    urls.push(server.url);
    await sweep();
    expect(fetches()).toBe(2);
  });

  it("are first of those that have waited longest", async () => {
    const server = await startKeyServer(keys(one));
    const late = Array.from({ length: 8 }, (_, index) => `${server.url}&late=${index}`);
    const urls = [...late];
    const asked: (string | undefined)[] = [];
    const { sweep, pass } = await turnedSets(urls);
    await sweep();
    pass(minute);
    urls.push(`${server.url}&new`);
    await sweep();
    server.answer = (request, response) => {
      asked.push(request.url);
      keys(one)(request, response);
    };
    pass(10 * minute);
    urls.unshift(`${server.url}&newest`);
    await sweep();
    expect(asked).toContain("/jwks.json?key=hush&newest");
    expect(asked).not.toContain("/jwks.json?key=hush&new");
  });

  it("ask for a JWK set", async () => {
    const accepted: unknown[] = [];
    const server = await startKeyServer((request, response) => {
      accepted.push(request.headers.accept);
      keys(one)(request, response);
    });
    await (await turnedSets([server.url])).sweep();
    expect(accepted).toEqual(["application/jwk-set+json, application/json"]);
  });

  it("of many sets are eight at a time", async () => {
    const server = await startKeyServer(() => {});
    const urls = Array.from({ length: 20 }, (_, index) => `${server.url}&set=${index}`);
    const { sets, fetches } = await turnedSets(urls);
    sets.sweep();
    sets.sweep();
    expect(fetches()).toBe(8);
  });

  it("end with the server, and change nothing any more", async () => {
    const server = await startKeyServer(() => {});
    const { sets, settle, audit, fetches } = await turnedSets([server.url]);
    sets.sweep();
    sets.close();
    await settle();
    sets.sweep();
    expect([audit, fetches()]).toEqual([[], 1]);
  });
});

describe("A change of the set", () => {
  it("by a new key works at once for the first token that names it", async () => {
    const server = await startKeyServer(keys(one));
    const { find, pass, sweep } = await turnedSets([server.url]);
    await sweep();
    pass(5 * second);
    server.answer = keys(one, two);
    expect(await find("two")).toMatchObject({ kid: "two" });
  });

  it("by a new key works within ten seconds, however the fetches lie", async () => {
    for (const rotatedAfter of [0, 1, 2500, 4999, 5000]) {
      const server = await startKeyServer(keys(one));
      const { find, pass, sweep } = await turnedSets([server.url]);
      await sweep();
      await find("x");
      pass(rotatedAfter);
      await find("y");
      server.answer = keys(one, two);
      pass(10 * second);
      expect(await find("two")).toMatchObject({ kid: "two" });
    }
  });

  it.each([0, 0.5, 1])("by the removal of a key stops it within ten minutes (jitter %f)", async (random) => {
    const server = await startKeyServer(keys(one, two));
    const turned = await turnedSets([server.url], { random: () => random });
    await turned.sweep();
    server.answer = keys(one);
    await turned.sweepFor(10 * minute);
    expect(await turned.find("two")).toBeNull();
    expect(await turned.find("one")).toMatchObject({ kid: "one" });
    expect(turned.fetches()).toBeLessThan(5);
  });

  it("to none at all removes every key", async () => {
    const server = await startKeyServer(keys(one, two));
    const turned = await turnedSets([server.url]);
    await turned.sweep();
    server.answer = keys();
    await turned.sweepFor(5 * minute);
    expect(await turned.find("one")).toBeNull();
    expect(turned.actions()).toEqual(["jwks.keys_added", "jwks.keys_removed"]);
  });

  it("to keys that are all unfit removes the old ones, and says why the new ones do not serve", async () => {
    const server = await startKeyServer(keys(one));
    const turned = await turnedSets([server.url]);
    await turned.sweep();
    server.answer = keys({ ...two, use: "enc" });
    await turned.sweepFor(5 * minute);
    expect(await turned.find("one")).toBeNull();
    expect(turned.sets.status([server.url])).toMatchObject([
      { keys: [], leftOut: [{ index: 0, kid: "two", reason: "use must be sig" }], failure: null },
    ]);
  });

  it("is told to the audit log, without the address's query", async () => {
    const server = await startKeyServer(keys(one));
    const turned = await turnedSets([server.url]);
    await turned.sweep();
    server.answer = keys(jwkOf(ec, "one"), two);
    await turned.sweepFor(5 * minute);
    expect(turned.audit).toMatchObject([
      { actor: "server", action: "jwks.keys_added", detail: "Tokens are verified by “one”." },
      { action: "jwks.keys_added", detail: "Tokens are verified by “one”, “two”." },
      { action: "jwks.keys_removed", detail: "Tokens are no longer verified by “one”." },
    ]);
    const target = server.url.replace(/\?.*/, "");
    expect(new Set(turned.audit.map((entry) => entry.target))).toEqual(new Set([`jwks/${target}`]));
  });

  it("of the clock backwards does not keep the set from being refreshed", async () => {
    const server = await startKeyServer(keys(one));
    const { pass, sweep, fetches, find } = await turnedSets([server.url]);
    await sweep();
    pass(-24 * 60 * minute);
    await sweep();
    expect(fetches()).toBe(2);
    expect(await find("one")).toMatchObject({ kid: "one" });
  });
});

it("Many keys are told to the audit log in short", async () => {
  const many = Array.from({ length: 12 }, (_, index) => jwkOf(ec, `k${index}`));
  const server = await startKeyServer(keys(...many.slice(0, 10)));
  const { sweep, sweepFor, audit } = await turnedSets([server.url]);
  await sweep();
  expect(audit[0]?.detail).toMatch(/^Tokens are verified by “k0”, .*, “k9”\.$/);
  server.answer = keys();
  await sweepFor(5 * minute);
  server.answer = keys(...many);
  await sweepFor(5 * minute);
  expect(audit[2]?.detail).toMatch(/^Tokens are verified by “k0”, .*, “k9” and 2 more\.$/);
});

it("The status says what serves, since when, and what was left out", async () => {
  const server = await startKeyServer(keys(one, { kty: "oct", k: "c2VjcmV0", kid: "hs" }, "nonsense"));
  const { sets, sweep } = await turnedSets([server.url]);
  expect(sets.status([server.url])).toEqual([
    { url: server.url, fetchedAt: null, failingSince: null, failure: null, keys: [], leftOut: [] },
  ]);
  await sweep();
  expect(sets.status([server.url])).toEqual([
    {
      url: server.url,
      fetchedAt: start,
      failingSince: null,
      failure: null,
      keys: [{ kid: "one", alg: "RS256" }],
      leftOut: [
        {
          index: 1,
          kid: "hs",
          reason: "kty is a symmetric key; shared tokens are configured as secret",
        },
        { index: 2, kid: null, reason: "must be a JWK object" },
      ],
    },
  ]);
});
