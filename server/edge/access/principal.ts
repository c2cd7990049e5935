import { ProblemError } from "../../../shared/problem-error.ts";
import type { Agents } from "../../agent/agents.ts";
import type { Sessions } from "../../session/sessions.ts";
import type { SessionDetails } from "../../store/store.ts";

/** Whoever makes a request. */
export type Principal =
  /** Routes for everybody read no credential at all: a stale token never closes them. */
  | { readonly role: "nobody" }
  /** No credential, but a direct connection from this very machine. */
  | { readonly role: "local" }
  | { readonly role: "visitor"; readonly token: string; readonly details: SessionDetails }
  | { readonly role: "customer"; readonly token: string; readonly details: SessionDetails }
  /** A session token whose session is over, or never was. */
  | { readonly role: "ended"; readonly token: string }
  | { readonly role: "agent" }
  | { readonly role: "administrator" };

export type Role = Principal["role"];

/** Each is asked only where it matters. */
export interface Presented {
  /** Value of the `Authorization` header. */
  authorization(): string | undefined;
  /** Whether the request comes from this very machine. */
  direct(): boolean;
}

export type Identify = (presented: Presented, callers: readonly Role[]) => Promise<Principal>;

/** @returns a function that answers who it is, or throws `session_*` where the credential is no good and `forbidden` where it is another's */
export function createIdentify(deps: { agents: Agents; sessions: Sessions }): Identify {
  return async ({ authorization, direct }, callers) => {
    if (callers.includes("nobody")) return { role: "nobody" };
    const token = bearerToken(authorization());
    if (token === null && callers.includes("local") && direct()) return { role: "local" };
    if (token === null) throw new ProblemError("session_missing");
    const role = deps.agents.recognise(token);
    const principal: Principal = role === null ? await sessionPrincipal(token) : { role };
    if (!callers.includes(principal.role)) throw forbidden(principal.role, callers);
    return principal;

    async function sessionPrincipal(token: string): Promise<Principal> {
      try {
        const details = await deps.sessions.authenticate(token);
        return { role: details.contact.verified ? "customer" : "visitor", token, details };
      } catch (error) {
        if (callers.includes("ended") && isSessionProblem(error)) return { role: "ended", token };
        throw error;
      }
    }
  };
}

/** RFC 6750, section 2.1, and any other printable token that an operator may have chosen. */
function bearerToken(authorization: string | undefined): string | null {
  if (authorization === undefined) return null;
  const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
  if (token === undefined)
    throw new ProblemError("session_missing", { detail: "The Authorization header is not a Bearer token." });
  return token;
}

const isSessionProblem = (error: unknown): boolean =>
  error instanceof ProblemError && error.code.startsWith("session_");

const forbidden = (role: Role, callers: readonly Role[]): ProblemError =>
  new ProblemError("forbidden", {
    detail: `This takes the token of ${whose(callers)}; the token given is that of a role named ${role}.`,
  });

function whose(callers: readonly Role[]): string {
  if (callers.includes("visitor")) return "a session";
  return callers.includes("customer") ? "a signed-in customer's session" : `an ${callers[0]}`;
}
