// npm install jose
import { createPrivateKey } from "node:crypto";
import { SignJWT } from "jose";

const key = createPrivateKey(process.env.CONTACT_JWT_PRIVATE_KEY);

/** One token for one page or one answer of your token endpoint. */
export const signContactJwt = (user) =>
  new SignJWT({ identity: user.id, "comm100.name": user.name, "comm100.email": user.email })
    .setProtectedHeader({ alg: "RS256", kid: "2026-rsa" })
    .setIssuedAt()
    .setExpirationTime("10m")
    .sign(key);

console.log(await signContactJwt({ id: "user-123", name: "Ada Lovelace", email: "ada@acme.example" }));
