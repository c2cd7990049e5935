import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusalCode } from "../identity/fixtures/refusal.ts";
import type { Provider } from "./provider.ts";
import { type SignInWorld, startSignInWorld } from "./testing/sign-in-world.ts";

let world: SignInWorld;
beforeEach(async () => {
  world = await startSignInWorld();
});
afterEach(() => world.provider.close());

const response = { state: "", code: "c", error: null, iss: null };

/** An administrator may change the provider while customers are away at the one of before. */
describe("A sign-in that was begun with one provider (RFC 9700, section 4.4)", () => {
  const others: readonly (readonly [string, (provider: Provider) => Provider])[] = [
    ["another provider", (provider) => ({ ...provider, issuer: "https://login.mallory.example" })],
    ["another client of it", (provider) => ({ ...provider, clientId: "mallory" })],
  ];

  it.each(others)("shows no code of it to %s", async (_, change) => {
    const { flow, deployment, settings } = world;
    const { provider } = await world.place();
    const { location, secret } = await flow.start({ deployment, settings }, provider);
    const state = new URL(location).searchParams.get("state") ?? "";
    const signIn = flow.recognise(state, () => secret);
    const ticket = flow.ticketFor(signIn, response, provider);
    const now = change(provider);
    expect(await refusalCode(() => flow.ticketFor(signIn, response, now))).toBe("issuer_mismatch");
    expect(await refusalCode(() => flow.openTicket(ticket, deployment, now))).toBe("issuer_mismatch");
    expect(flow.openTicket(ticket, deployment, provider)).toMatchObject({ code: "c" });
  });
});
