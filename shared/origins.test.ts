import { describe, expect, test } from "vitest";
import { originAllowed, parseOriginPattern } from "./origins.ts";

describe("an allowed-origin pattern", () => {
  test.each([
    "https://www.acme.example",
    "https://*.acme.example",
    "http://localhost:*",
    "http://localhost:3000",
    "http://127.0.0.1:*",
    "http://[::1]:8080",
    "https://xn--bcher-kva.example",
  ])("%s is one", (text) => expect(parseOriginPattern(text)).not.toBeNull());

  test.each([
    "*",
    "https://*",
    "https://*.example.*",
    "https://www.*.example",
    "https://a*.acme.example",
    "https://*.com/",
    "https://acme.example/",
    "https://acme.example/chat",
    "https://ACME.example",
    "https://acme.example:443",
    "https://acme.example:70000",
    "https://user@acme.example",
    "https://acme.example?x",
    "ftp://acme.example",
    "javascript:alert(1)",
    "https://*.127.0.0.1",
    "https://*.localhost",
    "https://bücher.example",
    "https://0x7f.1",
    " https://acme.example",
    "https://acme.example\n",
    "null",
    "",
  ])("%j is none", (text) => expect(parseOriginPattern(text)).toBeNull());
});

describe("an origin", () => {
  const allowed = (origin: string, ...patterns: string[]): boolean => originAllowed(origin, patterns);

  test("matches itself and nothing beside it", () => {
    expect(allowed("https://www.acme.example", "https://www.acme.example")).toBe(true);
    expect(allowed("http://www.acme.example", "https://www.acme.example")).toBe(false);
    expect(allowed("https://www.acme.example:8443", "https://www.acme.example")).toBe(false);
    expect(allowed("https://acme.example", "https://www.acme.example")).toBe(false);
    expect(allowed("https://www.acme.example.evil.example", "https://www.acme.example")).toBe(false);
  });

  test("matches a left wildcard at any depth, but not the bare domain or a longer name", () => {
    expect(allowed("https://shop.acme.example", "https://*.acme.example")).toBe(true);
    expect(allowed("https://a.b.acme.example", "https://*.acme.example")).toBe(true);
    expect(allowed("https://acme.example", "https://*.acme.example")).toBe(false);
    expect(allowed("https://evilacme.example", "https://*.acme.example")).toBe(false);
  });

  test("of many labels is judged at once: whoever sends one must not have every way to divide it tried", () => {
    const origin = `https://${"a.".repeat(34)}b`;
    const startedAt = performance.now();
    expect(allowed(origin, "https://*.acme.example")).toBe(false);
    expect(allowed(`https://${"a.".repeat(34)}acme.example`, "https://*.acme.example")).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  test("matches a wildcard port, with the default port too", () => {
    expect(allowed("http://localhost:5173", "http://localhost:*")).toBe(true);
    expect(allowed("http://localhost", "http://localhost:*")).toBe(true);
    expect(allowed("http://localhost.evil.example:5173", "http://localhost:*")).toBe(false);
  });

  test.each([
    "null",
    "",
    "file://",
    "https://acme.example/",
    "data:text/html,x",
    "https://ACME.example",
    "blob:https://acme.example/1",
  ])("%j matches nothing", (origin) =>
    expect(allowed(origin, "https://acme.example", "http://localhost:*")).toBe(false),
  );

  test("matches nothing in an empty list", () => expect(allowed("https://acme.example")).toBe(false));
});
