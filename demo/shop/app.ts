import { type Context, Hono } from "hono";
import { csrf } from "hono/csrf";
import { deployments, oidcClientId } from "../demo-config.ts";
import { ExchangeRefused } from "./back-end/platform-jwt.ts";
import { findCustomer } from "./customers.ts";
import { handover, type ShopDeps } from "./handover.ts";
import { createOidcPages } from "./oidc-pages.ts";
import { isPageFile, pageFile, pageFileType } from "./page-files.ts";
import { findProduct } from "./products.ts";
import { findScenario } from "./scenarios.ts";
import { createShopSession } from "./shop-session.ts";
import { parseTokenState, tokenInState } from "./token-state.ts";
import { renderTryPage } from "./try-page.ts";
import { home, productPage } from "./views/home.ts";
import { layout, type Markup } from "./views/layout.ts";
import { filledSnippet } from "./views/messenger.ts";
import { signInPage } from "./views/sign-in.ts";
import { tryIndex } from "./views/try.ts";

/** The shop's back end: its own sign-in, its pages, and the tokens that tell the messenger who is here. */
export function createShopApp(deps: ShopDeps): Hono {
  const session = createShopSession(deps.keys.cookieSecret);
  const app = new Hono();

  // Pages carry tokens; a page kept by a cache would hand them to the next person.
  app.use(async (context, next) => {
    await next();
    context.header("cache-control", "no-store");
    context.header("x-content-type-options", "nosniff");
    context.header("referrer-policy", "same-origin");
  });
  app.use(csrf());

  /** A page of the shop itself: customers get the messenger for customers, everybody else the one that takes visitors. */
  async function shopPage(context: Context, title: string, main: Markup): Promise<Response> {
    const customer = await session.customer(context);
    const { companionUrl, keys, now } = deps;
    const messenger = customer
      ? filledSnippet(companionUrl, deployments.customers, {
          contactJwt: await tokenInState("valid", customer, { keys, alg: "RS256", now: now() }),
        })
      : filledSnippet(companionUrl, deployments.everyone, {});
    return context.html(layout({ title, address: addressOf(context), customer, main, messenger }));
  }

  app.get("/", async (context) => shopPage(context, "Acme Outdoor", home(await session.customer(context))));

  app.get("/products/:slug", async (context) => {
    const product = findProduct(context.req.param("slug"));
    return product
      ? shopPage(context, `${product.name} · Acme Outdoor`, productPage(product))
      : context.notFound();
  });

  app.get("/try", (context) => shopPage(context, "Try the messenger · Acme Outdoor", tryIndex()));

  app.get("/try/:slug", async (context) => {
    const scenario = findScenario(context.req.param("slug"));
    if (!scenario) return context.notFound();
    const { markup, headers } = await renderTryPage(deps, {
      scenario,
      customer: await session.customer(context),
      state: parseTokenState(context.req.query("token")),
      address: addressOf(context),
      view: context.req.query("view") ?? "",
    });
    return context.html(markup, 200, headers);
  });

  /** The token of whoever is signed in to the shop, in the form that `Messenger.login()` and `getToken` take. */
  app.get("/token", async (context) => {
    const scenario = findScenario(context.req.query("page") ?? "");
    const customer = await session.customer(context);
    if (!scenario) return context.notFound();
    if (!customer) return context.json({ error: "Nobody is signed in to the shop." }, 401);
    return tokenAnswer(context, () =>
      handover(deps, scenario, customer, parseTokenState(context.req.query("token"))),
    );
  });

  app.get("/sign-in", async (context) =>
    context.html(
      layout({
        title: "Sign in · Acme Outdoor",
        address: addressOf(context),
        customer: await session.customer(context),
        main: signInPage(ownAddress(context.req.query("to"))),
        messenger: null,
      }),
    ),
  );

  app.post("/sign-in", async (context) => {
    const form = await context.req.parseBody();
    const customer = findCustomer(String(form.customer ?? ""));
    if (!customer) return context.text("There is no such customer.", 400);
    await session.signIn(context, customer);
    return context.redirect(ownAddress(form.to), 303);
  });

  app.post("/sign-out", async (context) => {
    const form = await context.req.parseBody();
    session.signOut(context);
    return context.redirect(ownAddress(form.to), 303);
  });

  const provider = {
    issuer: deps.providerUrl,
    clientId: oidcClientId,
    redirectUri: `${deps.shopUrl}/oidc/callback`,
  };
  app.route("/oidc", createOidcPages(provider, deps.keys.cookieSecret, ownAddress));

  app.get("/pages/:file", (context) => {
    const file = context.req.param("file");
    if (!isPageFile(file)) return context.notFound();
    return context.body(pageFile(file), 200, { "content-type": pageFileType(file) });
  });

  return app;
}

async function tokenAnswer(context: Context, make: () => Promise<object>): Promise<Response> {
  try {
    return context.json(await make());
  } catch (error) {
    if (error instanceof ExchangeRefused) return context.json(error.problem, 502);
    throw error;
  }
}

const addressOf = ({ req }: Context): string => {
  const { pathname, search } = new URL(req.url);
  return pathname + search;
};

/** Where to go back to: within the shop only, or it would send its customers wherever a link says. */
const ownAddress = (to: unknown): string => (typeof to === "string" && /^\/(?![/\\])/.test(to) ? to : "/");
