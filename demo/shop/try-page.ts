import { randomBytes } from "node:crypto";
import type { ProblemDocument } from "../../shared/problems.ts";
import { ExchangeRefused } from "./back-end/platform-jwt.ts";
import type { Customer } from "./customers.ts";
import { handover, type ShopDeps } from "./handover.ts";
import { scenarioScript } from "./scenario-script.ts";
import type { Scenario } from "./scenarios.ts";
import { strictPolicy } from "./strict-policy.ts";
import type { TokenState } from "./token-state.ts";
import { layout, type Markup } from "./views/layout.ts";
import { filledSnippet, type Placeholders, withNonce } from "./views/messenger.ts";
import { navigationView } from "./views/navigation.ts";
import { tryPage, usesProvider } from "./views/try.ts";

export interface TryRequest {
  readonly scenario: Scenario;
  readonly customer: Customer | null;
  readonly state: TokenState;
  readonly address: string;
  /** Which of the single-page site's views; ignored elsewhere. */
  readonly view: string;
}

export interface Rendered {
  readonly markup: Markup;
  readonly headers: Readonly<Record<string, string>>;
}

/** One page under `/try`: the token in its state, the snippet filled with it, and both shown. */
export async function renderTryPage(deps: ShopDeps, request: TryRequest): Promise<Rendered> {
  const { scenario, customer, state, address } = request;
  const { placeholders, refusal } = await fill(deps, request);
  const script = scenarioScript(scenario, state);
  const nonce = scenario.page === "strict" ? randomBytes(16).toString("base64") : null;
  const plain = [filledSnippet(deps.companionUrl, scenario.deploymentId, placeholders), script]
    .filter(Boolean)
    .join("\n");
  const messenger = nonce === null ? plain : withNonce(plain, nonce);
  const extra = scenario.page === "navigation" ? navigationView(request.view) : "";
  const main = tryPage({ scenario, customer, address, tokenState: state, messenger, refusal, extra });
  const markup = layout({
    title: `${scenario.title} · Acme Outdoor`,
    address,
    customer,
    main,
    messenger,
    signsInElsewhere: usesProvider(scenario),
    ...(nonce !== null && { nonce }),
    scripts: ["report.js", "calls.js", ...(scenario.page === "navigation" ? ["navigation.js"] : [])],
    styles: ["try.css", ...(scenario.page === "hostile" ? ["hostile.css"] : [])],
  });
  return {
    markup,
    headers: nonce === null ? {} : { "content-security-policy": strictPolicy(nonce, deps.companionUrl) },
  };
}

async function fill(
  deps: ShopDeps,
  { scenario, customer, state }: TryRequest,
): Promise<{ readonly placeholders: Placeholders; readonly refusal: ProblemDocument | null }> {
  if (!customer || !isInPage(scenario)) return { placeholders: {}, refusal: null };
  try {
    return { placeholders: await handover(deps, scenario, customer, state), refusal: null };
  } catch (error) {
    if (error instanceof ExchangeRefused) return { placeholders: {}, refusal: error.problem };
    throw error;
  }
}

/** Whether the snippet of the page is filled in. */
const isInPage = ({ handover }: Scenario): boolean => handover === "contactJwt" || handover === "platformJwt";
