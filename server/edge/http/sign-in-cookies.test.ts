import { describe, expect, it } from "vitest";
import { createSignInCookies } from "./sign-in-cookies.ts";

describe("The cookie of a sign-in", () => {
  const cookies = createSignInCookies(true);

  it("belongs to this host alone, is out of reach of scripts, and comes along from other sites by navigation", () => {
    expect(cookies.add(undefined, "f1", "secret")).toEqual([
      "__Host-vouch-sign-in-f1=secret; Max-Age=600; Path=/; HttpOnly; SameSite=Lax; Secure",
    ]);
    expect(cookies.remove("f1")).toBe(
      "__Host-vouch-sign-in-f1=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure",
    );
  });

  it("has neither prefix nor Secure where browsers come by http, which knows neither", () => {
    expect(createSignInCookies(false).add(undefined, "f1", "secret")).toEqual([
      "vouch-sign-in-f1=secret; Max-Age=600; Path=/; HttpOnly; SameSite=Lax",
    ]);
  });

  it.each([
    ["__Host-vouch-sign-in-f1=s", "s"],
    ["theme=dark; __Host-vouch-sign-in-f1=s; lang=de", "s"],
    ["__Host-vouch-sign-in-f1=a=b", "a=b"],
    ["__Host-vouch-sign-in-f2=s", null],
    ["vouch-sign-in-f1=s", null],
    ["__Host-vouch-sign-in-f1=s; __Host-vouch-sign-in-f1=t", null],
    ["__Host-vouch-sign-in-f1", null],
    ["", null],
    [undefined, null],
  ])("is read from %o as %o", (header, value) => {
    expect(cookies.read(header, "f1")).toBe(value);
  });

  it("takes the place of the ones that are too many", () => {
    const header = Array.from({ length: 10 }, (_, i) => `__Host-vouch-sign-in-f${i}=s`).join("; ");
    const removed = cookies.add(`other=1; ${header}`, "new", "s").slice(1);
    expect(removed).toEqual(["f7", "f8", "f9"].map((flowId) => cookies.remove(flowId)));
  });
});
