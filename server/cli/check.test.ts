import { createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { setUpSigner } from "../identity/fixtures/platform.ts";
import {
  claims,
  communityFile,
  ec,
  header,
  nowSeconds,
  otherRsa,
  signed,
} from "../identity/fixtures/signing.ts";
import { clientId, startBreakingProvider } from "../oidc/testing/breaking-provider.ts";
import { serve } from "../outbound/fixtures/test-server.ts";
import { temporaryFiles, tryCommand } from "./testing/try-command.ts";

const { folder, file } = temporaryFiles();
const config = file("vouch.json", { communities: [communityFile] });
const both = file("both.json", {
  communities: [communityFile, { id: "globex", keys: [{ kid: "g", alg: "ES256", publicKey: ec.publicPem }] }],
});
const good = await signed();
const check = (...words: string[]) => tryCommand(["check", ...words, "--config", config]);

describe("vouch check", () => {
  it("ends with 0 for a token that would pass, and shows what was found", async () => {
    const { code, printed } = await check(good, "--community", "acme");
    expect(printed).toMatch(/^✓ signature +256 bytes$/m);
    expect(printed).toMatch(/^· revocation +There is no store at hand to ask\.$/m);
    expect(printed).toMatch(/The token passes/);
    expect(code).toBe(0);
  });

  it("ends with 1 for one that would not, with found, expected, cause and fix", async () => {
    const { code, printed } = await check(await signed(claims, header, otherRsa.privateKey));
    expect(code).toBe(1);
    expect(printed).toMatch(
      /^✗ signature .*\n {4}expected: .*\n {4}cause: .*The signature is that of the key “rsa-2”\.\n {4}fix: .*as kid/m,
    );
    expect(printed).toMatch(/refused: signature_invalid\.\n$/);
  });

  it("takes the token from standard input or a file, with the line feed that ends those", async () => {
    const read = { readInput: async () => `${good}\n` };
    expect((await tryCommand(["check", "-", "--config", config], read)).code).toBe(0);
    expect((await check("--file", file("token.txt", `${good}\r\n`))).code).toBe(0);
    expect((await check("--file", file("twice.txt", `${good}\n\n`))).code).toBe(1);
  });

  it("prints the report as JSON where that is asked for, without the token", async () => {
    const { code, printed } = await check(`"${good}"`, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(printed)).toMatchObject({ passes: false, code: "token_malformed" });
    for (const part of good.split(".")) expect(printed).not.toContain(part);
  });

  it("fetches the community's JWK set", async () => {
    const jwk = { ...createPublicKey(ec.publicPem).export({ format: "jwk" }), kid: "ec-1", alg: "ES256" };
    const port = await serve((_, response) => response.end(JSON.stringify({ keys: [jwk] })));
    const keys = [{ jwksUrl: `http://127.0.0.1:${port}/jwks.json` }];
    const path = file("set.json", { communities: [{ ...communityFile, keys }] });
    const env = { VOUCH_ALLOW_LOOPBACK: "1" };
    const token = await signed(claims, { alg: "ES256", kid: "ec-1" }, ec.privateKey);
    expect((await tryCommand(["check", token, "--config", path], { env })).code).toBe(0);
    const other = await signed(claims, { alg: "ES256", kid: "EC-1" }, ec.privateKey);
    const { code, printed } = await tryCommand(["check", other, "--config", path], { env });
    expect(code).toBe(1);
    expect(printed).toMatch(/Write kid exactly as the key is configured: “ec-1”/);
  });

  it("says of a platform JWT that its keys are the server's, and does not let it pass", async () => {
    const { sign, issued } = await setUpSigner();
    const token = await sign(issued);
    const place = { id: "acme-web", community: "acme", name: "Acme", allowedOrigins: [] };
    const path = file("web.json", { communities: [communityFile], deployments: [place] });
    const { code, printed } = await tryCommand(["check", token, "--config", path]);
    expect(code).toBe(1);
    expect(printed).toMatch(/^Kind: platformJwt, judged as platformJwt$/m);
    expect(printed).toMatch(
      /^· signature +The keys of platform JWTs are in the server's store: ask the server/m,
    );
    expect(printed).toMatch(/^✓ audience +“acme-web”$/m);
    expect(printed).toMatch(/Nobody can tell here whether the token passes.*\n$/);
    const expired = await tryCommand(["check", await sign({ ...issued, exp: 1 }), "--config", path]);
    expect(expired).toMatchObject({
      code: 1,
      printed: expect.stringMatching(/refused, by token_expired at the latest\.\n$/),
    });
  });

  it("checks an ID token by the provider's own documents, with the nonce that was named", async () => {
    const provider = await startBreakingProvider({ now: () => nowSeconds * 1000 });
    const oidc = { name: "sso", discoveryUri: provider.discoveryUri, clientId };
    const path = file("sso.json", { communities: [{ id: "acme", oidc }] });
    const env = { VOUCH_ALLOW_LOOPBACK: "1" };
    const token = await provider.idToken({ nonce: "n" });
    const told = (...words: string[]) => tryCommand(["check", token, "--config", path, ...words], { env });
    expect(await told("--nonce", "n")).toMatchObject({ code: 0 });
    expect(await told()).toMatchObject({
      code: 1,
      printed: expect.stringMatching(/^· nonce .*name it as nonce/m),
    });
    const other = await told("--nonce", "m");
    expect(other.printed).toMatch(/^Kind: idToken, judged as idToken$/m);
    expect(other).toMatchObject({
      code: 1,
      printed: expect.stringMatching(/refused: oidc_nonce_mismatch\.\n$/),
    });
    await provider.close();
    const gone = await told();
    expect(gone).toMatchObject({
      code: 1,
      printed: expect.stringMatching(/refused: keyset_unavailable\.\n$/),
    });
    expect(gone.remarked).toContain(provider.discoveryUri);
  });

  it.each([
    [["check", "--config", config], /token is missing/],
    [["check", "x", "--file", "y", "--config", config], /one of them/],
    [["check", "--file", `${folder}/none`, "--config", config], /can't be read/],
    [
      ["check", "x", "--config", config, "--community", "nobody"],
      /no community nobody in the file; there: acme\./,
    ],
    [["check", "x", "--config", both], /--community is missing; configured: acme, globex/],
  ])("%j ends with 1 and a reason", async (words, reason) => {
    const { code, printed, remarked } = await tryCommand(words);
    expect({ code, printed }).toEqual({ code: 1, printed: "" });
    expect(remarked).toMatch(reason);
  });

  it("ends with 2 where the configuration has a fault", async () => {
    const path = file("bad.json", { x: 1 });
    expect((await tryCommand(["check", good, "--config", path])).code).toBe(2);
  });
});
