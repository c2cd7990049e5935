import { createHmac, randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { importSecret, misreadKeys } from "./shared-secret.ts";

const bytes = randomBytes(32);
const message = Buffer.from("message");

async function phraseFor(configured: string, used: Buffer | string): Promise<string | undefined> {
  const signature = createHmac("sha256", used).update(message).digest();
  for (const { phrase, key } of await misreadKeys(await importSecret(configured)))
    if (await crypto.subtle.verify("HMAC", key, signature, message)) return phrase;
  return undefined;
}

describe("What a signer made of a shared token is recognised", () => {
  const [base64url, hex] = [bytes.toString("base64url"), bytes.toString("hex")];
  it.each([
    ["decoded from base64url", base64url, bytes, "the secret decoded from base64url or base64"],
    ["decoded from base64", bytes.toString("base64"), bytes, "the secret decoded from base64url or base64"],
    ["decoded from hexadecimal", hex, bytes, "the secret decoded from hexadecimal"],
    ["decoded from hexadecimal in capitals", hex.toUpperCase(), bytes, "the secret decoded from hexadecimal"],
    ["encoded in base64", hex, Buffer.from(hex).toString("base64"), "the secret encoded in base64"],
    [
      "encoded in base64url",
      `${hex}ÿÿ`,
      Buffer.from(`${hex}ÿÿ`).toString("base64url"),
      "the secret encoded in base64url",
    ],
    [
      "encoded in hexadecimal",
      base64url,
      Buffer.from(base64url).toString("hex"),
      "the secret encoded in hexadecimal",
    ],
    ["with a line feed", hex, `${hex}\n`, "the secret and a line feed behind it"],
    [
      "with a carriage return",
      hex,
      `${hex}\r\n`,
      "the secret and a carriage return and a line feed behind it",
    ],
    ["with a space", hex, `${hex} `, "the secret and a space behind it"],
    ["in quotation marks", hex, `"${hex}"`, "the secret in quotation marks"],
    ["in apostrophes", hex, `'${hex}'`, "the secret in apostrophes"],
    ["in lower case", base64url, base64url.toLowerCase(), "the secret in lower case"],
    ["in upper case", hex, hex.toUpperCase(), "the secret in upper case"],
    ["cut by one", base64url, base64url.slice(0, -1), "the secret without its last character"],
  ] as const)("%s", async (_, configured, used, phrase) => {
    expect(await phraseFor(configured, used)).toBe(phrase);
  });

  it.each([
    ["hexadecimal with something behind it", `${hex}zz`],
    ["hexadecimal with a digit too many", `${hex}a`],
  ])("but not what a lenient decoder makes of %s", async (_, configured) => {
    expect(await phraseFor(configured, bytes)).toBeUndefined();
  });

  it("where nothing of the text could be base64", async () => {
    const secret = "ключ от всех дверей и окон";
    expect(await phraseFor(secret, "")).toBeUndefined();
    expect(await phraseFor(secret, `${secret}\n`)).toBe("the secret and a line feed behind it");
  });

  it("but not what is right, nor what is another secret", async () => {
    expect(await phraseFor(hex, hex)).toBeUndefined();
    expect(await phraseFor(hex, randomBytes(32))).toBeUndefined();
  });
});

it("Of a key that was made elsewhere nothing is known", async () => {
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [
    "verify",
  ]);
  expect(await misreadKeys(key)).toEqual([]);
});

it("A key shows its text to nobody", async () => {
  const secret = randomBytes(32).toString("hex");
  const key = await importSecret(secret);
  const misread = await misreadKeys(key);
  expect(inspect([key, misread], { depth: 9, showHidden: true })).not.toContain(secret);
  expect(misread.every((one) => !one.key.extractable)).toBe(true);
});
