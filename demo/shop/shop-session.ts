import type { Context } from "hono";
import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";
import { type Customer, findCustomer } from "./customers.ts";

/** The shop's own sign-in: a signed cookie that scripts can't read. The messenger knows nothing of it. */
export interface ShopSession {
  customer(context: Context): Promise<Customer | null>;
  signIn(context: Context, customer: Customer): Promise<void>;
  signOut(context: Context): void;
}

const name = "acme_customer";
const lifetimeSeconds = 7 * 86_400;

export function createShopSession(secret: string): ShopSession {
  return {
    async customer(context) {
      const id = await getSignedCookie(context, secret, name);
      return id ? findCustomer(id) : null;
    },
    signIn: (context, customer) =>
      setSignedCookie(context, name, customer.id, secret, {
        httpOnly: true,
        sameSite: "Lax",
        path: "/",
        maxAge: lifetimeSeconds,
      }),
    signOut(context) {
      deleteCookie(context, name, { path: "/" });
    },
  };
}
