import { expect, it } from "vitest";
import { rsa } from "../fixtures/signing.ts";
import { jwkOf, keys, second, startKeyServer, turnedSets } from "./fixtures/turned-sets.ts";

it("A flood of one community's provider does not keep another community's, or another provider's, new key out", async () => {
  const old = jwkOf(rsa, "old");
  const [flooded, other] = [await startKeyServer(keys(old)), await startKeyServer(keys(old))];
  for (const asker of [
    { communityId: "other", provider: "https://login.acme.example" },
    { communityId: "acme", provider: "https://login.other.example" },
  ]) {
    other.answer = keys(old);
    const { sets, pass, sweep } = await turnedSets([flooded.url, other.url]);
    await sweep();
    other.answer = keys(old, jwkOf(rsa, "new"));
    pass(6 * second);
    const flood = { communityId: "acme", provider: "https://login.acme.example", urls: [flooded.url] };
    expect(await sets.find({ ...flood, kid: "made up", alg: "RS256" })).toBeNull();
    const found = await sets.find({ ...asker, urls: [other.url], kid: "new", alg: "RS256" });
    expect(found?.kid).toBe("new");
  }
});
