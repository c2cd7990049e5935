import { html, raw } from "hono/html";
import type { ProblemDocument } from "../../../shared/problems.ts";
import { type Customer, everyone } from "../customers.ts";
import { backEndFile, pageFile } from "../page-files.ts";
import type { Scenario } from "../scenarios.ts";
import { type TokenState, tokenStates } from "../token-state.ts";
import { scenarioCards } from "./home.ts";
import type { Markup } from "./layout.ts";

export const tryIndex = (): Markup => html`
  <h1>Try the messenger</h1>
  <p class="lead">Each page shows the code that it runs and what the messenger reports. Keep the agent desk open beside it.</p>
  ${scenarioCards()}`;

export interface TryPage {
  readonly scenario: Scenario;
  readonly customer: Customer | null;
  readonly address: string;
  readonly tokenState: TokenState;
  /** HTML of the snippet and of what the page adds to it, as it stands in this page. */
  readonly messenger: string;
  /** The exchange was refused: there is no platform JWT. */
  readonly refusal: ProblemDocument | null;
  /** Markup that only this page has. */
  readonly extra: Markup | "";
}

export const tryPage = (page: TryPage): Markup => html`
  <nav class="crumbs" aria-label="Path"><a href="/try">Try the messenger</a> <span aria-hidden="true">/</span> <span>${page.scenario.title}</span></nav>
  <h1>${page.scenario.title}</h1>
  <p class="lead">${page.scenario.explanation}</p>
  ${page.extra}
  <div class="workbench">
    <div class="controls">
      ${usesProvider(page.scenario) ? providerCalls(page.scenario) : html`${who(page)} ${tokenSwitch(page)} ${calls()}`}
      ${page.refusal ? refused(page.refusal) : ""}
    </div>
    <section class="report" aria-labelledby="report-title">
      <h2 class="bench-title" id="report-title">What the messenger reported</h2>
      <div class="report-list" id="report-list" role="log" aria-label="What the messenger reported" tabindex="0"><ol id="report"><li class="reported">Waiting for the messenger …</li></ol></div>
      ${page.scenario.page === "strict" ? html`<p class="violations">Violations of this page's policy: <strong id="violations">0</strong></p>` : ""}
    </section>
    <section class="codes" aria-labelledby="code-title">
      <h2 class="bench-title" id="code-title">The code of this page</h2>
      ${code("In the page: the snippet", page.messenger, true)}
      ${page.scenario.backEnd.map((file) => code(`On the shop's server: ${file}`, backEndFile(file), true))}
      ${code("Behind the buttons: calls.js", pageFile("calls.js").trim(), false)}
      ${code("Behind the report: recorder.js", pageFile("recorder.js").trim(), false)}
      ${page.scenario.page === "navigation" ? code("Navigation: navigation.js", pageFile("navigation.js").trim(), false) : ""}
      ${page.scenario.page === "hostile" ? code("The style sheet: hostile.css", pageFile("hostile.css").trim(), false) : ""}
    </section>
  </div>`;

const code = (title: string, text: string, open: boolean): Markup => html`
  <details ${open ? "open" : ""}><summary>${title}</summary><pre><code class="code">${text}</code></pre></details>`;

const who = ({ customer, address }: TryPage): Markup => html`
  <section aria-labelledby="who-title">
    <h2 class="bench-title" id="who-title">Who is here</h2>
    <p class="hint">To the shop: <strong class="who" data-customer-or-visitor>${customer?.name ?? "a visitor"}</strong>. These reload the page:</p>
    <div class="row">
      ${everyone.map(
        ({ id, name }) => html`<form method="post" action="/sign-in">
        <input type="hidden" name="to" value="${address}">
        <button class="button" name="customer" value="${id}">Sign in as ${name.split(" ")[0]}</button>
      </form>`,
      )}
      <form method="post" action="/sign-out" data-sign-out>
        <input type="hidden" name="to" value="${address}">
        <button class="button">Be a visitor</button>
      </form>
    </div>
  </section>`;

const tokenSwitch = ({ scenario, tokenState }: TryPage): Markup => html`
  <section aria-labelledby="token-title">
    <h2 class="bench-title" id="token-title">The token</h2>
    <p class="hint">What the shop hands over for whoever is signed in:</p>
    <ul class="row">${Object.entries(tokenStates).map(
      ([state, label]) =>
        html`<li><a class="button" href="/try/${scenario.slug}${state === "valid" ? "" : `?token=${state}`}" ${state === tokenState ? raw('aria-current="true"') : ""}>${label}</a></li>`,
    )}</ul>
  </section>`;

const calls = (): Markup => html`
  <section aria-labelledby="calls-title">
    <h2 class="bench-title" id="calls-title">Without a reload</h2>
    <p class="hint">These sign in to the shop, or out of it, and tell the messenger:</p>
    <div class="row">
      ${everyone.map(({ id, name }) => html`<button class="button" type="button" data-call="login" data-customer="${id}" data-name="${name}">login() as ${name.split(" ")[0]}</button>`)}
      <button class="button" type="button" data-call="logout">logout()</button>
      <button class="button" type="button" data-call="logoutEverywhere">logout({ everywhere })</button>
      <button class="button" type="button" data-call="open">open()</button>
    </div>
  </section>`;

export const usesProvider = ({ handover }: Scenario): boolean =>
  handover === "signInButton" || handover === "getAuthCode";

const providerCalls = ({ handover, slug }: Scenario): Markup => html`
  <section aria-labelledby="calls-title">
    <h2 class="bench-title" id="calls-title">At Acme ID</h2>
    <p class="hint">The shop's own sign-in has no say on this page. Open the messenger and press “Sign in” there${handover === "getAuthCode" ? ", or begin here" : ""}:</p>
    <div class="row">
      <button class="button" type="button" data-call="open">open()</button>
      ${handover === "getAuthCode" ? html`<a class="button" href="/oidc/start?to=/try/${slug}">Sign in with Acme ID</a>` : ""}
      <button class="button" type="button" data-call="logout">logout()</button>
      <button class="button" type="button" data-call="logoutAtProvider">logout({ atProvider })</button>
    </div>
  </section>`;

const refused = ({ code: refusalCode, detail, fix }: ProblemDocument): Markup => html`
  <section class="refused" role="alert">
    <h2 class="bench-title">The exchange was refused: <code class="refused-code">${refusalCode}</code></h2>
    <p class="refused-text">${detail} ${fix}</p>
  </section>`;
