import { type Context, Hono } from "hono";
import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";
import {
  beginSignIn,
  type HandedCode,
  type OidcClient,
  type PendingSignIn,
  takeCode,
} from "./back-end/oidc-code.ts";

const pendingCookie = "acme_sign_in";
const codeCookie = "acme_code";
/** A code lives a minute at the provider; a customer looks for a password longer. */
const lifetimeSeconds = 600;

/** The shop's own trip to the OpenID provider, for the page that hands its codes to the messenger. */
export function createOidcPages(
  client: OidcClient,
  secret: string,
  ownAddress: (to: unknown) => string,
): Hono {
  const app = new Hono();

  const keep = (context: Context, name: string, value: PendingSignIn | HandedCode): Promise<void> =>
    setSignedCookie(context, name, JSON.stringify(value), secret, {
      httpOnly: true,
      sameSite: "Lax",
      path: "/oidc",
      maxAge: lifetimeSeconds,
    });

  /** Each is taken once. */
  async function take<Kept>(context: Context, name: string): Promise<Kept | null> {
    const text = await getSignedCookie(context, secret, name);
    deleteCookie(context, name, { path: "/oidc" });
    return text ? JSON.parse(text) : null;
  }

  app.get("/start", async (context) => {
    const silent = context.req.query("silent") !== undefined;
    const to = silent ? "/oidc/done" : ownAddress(context.req.query("to"));
    const { address, pending } = beginSignIn(client, to, silent);
    await keep(context, pendingCookie, pending);
    return context.redirect(address);
  });

  app.get("/callback", async (context) => {
    const pending = await take<PendingSignIn>(context, pendingCookie);
    if (!pending) return context.text("This sign-in did not begin here. Go back and begin again.", 400);
    const code = takeCode(client, new URL(context.req.url).searchParams, pending);
    if (code) await keep(context, codeCookie, code);
    return context.redirect(pending.to);
  });

  app.get("/code", async (context) => {
    const code = await take<HandedCode>(context, codeCookie);
    return code ? context.json(code) : context.json({ error: "There is no new code." }, 401);
  });

  /** What the hidden frame ends on. */
  app.get("/done", (context) => context.html("<!doctype html><title>Done</title>"));

  return app;
}
