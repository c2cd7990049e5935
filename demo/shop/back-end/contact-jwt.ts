import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { Customer } from "../customers.ts";
import type { SigningKey } from "./signing-key.ts";

/** Says who the customer is, for one hour. The identity and the expiry are mandatory, the rest enriches the contact. */
export function contactJwt(customer: Customer, key: SigningKey, now: Date): Promise<string> {
  return new SignJWT({
    identity: customer.id,
    "comm100.name": customer.name,
    "comm100.email": customer.email,
    "comm100.phone": customer.phone,
    "comm100.city": customer.city,
    "comm100.country": customer.country,
    plan: customer.plan,
  })
    .setProtectedHeader({ alg: key.alg, kid: key.kid })
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(new Date(now.getTime() + 3_600_000))
    .sign(key.secret);
}
