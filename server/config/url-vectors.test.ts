import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { originAllowed, parseOriginPattern } from "../../shared/origins.ts";
import { readVector, vectorsMissing } from "../identity/fixtures/vectors.ts";
import { httpsAddress } from "./address.ts";

const missing = vectorsMissing("rust-url");

const json = (name: string): unknown =>
  missing ? [] : JSON.parse(readVector(`rust-url/${name}.json`).toString("utf8"));

/** Every text of a file, at whatever place: what is no URL must be refused as well. */
function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

const names = ["urltestdata", "setters_tests", "data-urls", "punycode_tests", "bad_punycode_tests"];
const plain = [...new Set(names.flatMap((name) => texts(json(name))))];
const asHosts = plain.flatMap((text) => [
  `https://${text}`,
  `https://${text}/`,
  `https://xn--${text}/`,
  `http://${text}`,
]);
const all = [...plain, ...asHosts];

const addressOf = (text: string, env: NodeJS.ProcessEnv = {}): string | null => {
  const result = v.safeParse(httpsAddress(env), text);
  return result.success ? result.output : null;
};

describe.skipIf(missing)("The URL vectors", () => {
  it("as addresses of JWK sets: nothing throws, and what is accepted is https without credentials and fragment", () => {
    const accepted = all.flatMap((text) => addressOf(text) ?? []);
    expect(accepted.length).toBeGreaterThan(100);
    for (const address of accepted) {
      const { protocol, username, password, hash, hostname, href } = new URL(address);
      expect({ protocol, username, password, hash }).toEqual({
        protocol: "https:",
        username: "",
        password: "",
        hash: "",
      });
      expect(hostname).not.toBe("");
      expect([href, addressOf(address)]).toEqual([address, address]);
    }
  });

  it("as addresses where loopback is allowed: http too, and nothing else", () => {
    const protocols = all
      .flatMap((text) => addressOf(text, { VOUCH_ALLOW_LOOPBACK: "1" }) ?? [])
      .map((address) => new URL(address).protocol);
    expect(new Set(protocols)).toEqual(new Set(["http:", "https:"]));
  });

  it("as addresses: none that shows a person something else than what is fetched", () => {
    for (const text of all.filter((text) => addressOf(text) !== null)) {
      expect(text).toMatch(/^https:\/\/[^/]/i);
      expect(text).not.toMatch(/[\s\p{Cc}\\#]/u);
      expect(text.split("/")[2]).not.toContain("@");
    }
  });

  it("as allowed origins: nothing throws, and what is accepted is an origin, letter for letter", () => {
    const accepted = all.filter((text) => parseOriginPattern(text) !== null);
    expect(accepted.length).toBeGreaterThan(20);
    for (const text of accepted)
      expect(new URL(text.replace("://*.", "://").replace(/:\*$/, "")).origin).toMatch(/^https?:\/\/[^/]+$/);
    const exact = accepted.filter((text) => !text.includes("*"));
    for (const text of exact) expect(new URL(text).origin).toBe(text);
  });

  it("as origins that a browser sends: each matches its own pattern and no other", () => {
    const origins = [...new Set(all)].filter(
      (text) => parseOriginPattern(text) !== null && !text.includes("*"),
    );
    for (const origin of origins)
      expect(origins.filter((pattern) => originAllowed(origin, [pattern]))).toEqual([origin]);
    for (const text of plain) originAllowed(text, origins);
  });
});
