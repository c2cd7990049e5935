import { siteId } from "../demo-config.ts";
import type { ShopKeys } from "../shop-keys.ts";
import { platformJwt } from "./back-end/platform-jwt.ts";
import type { Customer } from "./customers.ts";
import type { Scenario } from "./scenarios.ts";
import { placeholder, type TokenState, tokenInState } from "./token-state.ts";

export interface ShopDeps {
  /** The companion's origin as browsers see it. */
  readonly companionUrl: string;
  readonly providerUrl: string;
  /** The shop's own, as browsers see it. */
  readonly shopUrl: string;
  readonly keys: ShopKeys;
  readonly now: () => Date;
}

export type Handover = { readonly contactJwt: string } | { readonly platformJwt: string };

/**
 * The token with which this page tells the messenger about this customer.
 * @throws ExchangeRefused where the companion does not take the Contact JWT
 */
export async function handover(
  deps: ShopDeps,
  scenario: Scenario,
  customer: Customer,
  state: TokenState,
): Promise<Handover> {
  const exchanged = scenario.handover === "platformJwt";
  if (exchanged && state === "placeholder") return { platformJwt: placeholder };
  const { keys, now, companionUrl } = deps;
  const token = await tokenInState(state, customer, { keys, alg: scenario.alg, now: now() });
  if (!exchanged) return { contactJwt: token };
  const companion = { url: companionUrl, siteId, messengerId: scenario.deploymentId };
  return { platformJwt: await platformJwt(token, companion) };
}
