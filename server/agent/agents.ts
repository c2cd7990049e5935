import { createHash, timingSafeEqual } from "node:crypto";
import type { Config } from "../config/config.ts";

export type AgentRole = "agent" | "administrator";

/** Who may act for the company. Named agents join here; until then two tokens of the environment are all there is. */
export interface Agents {
  /** null: the token is no agent's. Takes the same time for every token. */
  recognise(token: string): AgentRole | null;
  /** How agents sign their messages to the customers of a deployment. */
  authorName(deploymentId: string): string | null;
}

export interface AgentTokens {
  readonly adminToken: string;
  /** null: administrators only. */
  readonly agentToken: string | null;
}

export function createAgents(tokens: AgentTokens, config: Config): Agents {
  const administrator = sha256(tokens.adminToken);
  const agent = tokens.agentToken === null ? null : sha256(tokens.agentToken);
  return {
    recognise(token) {
      // Digests have one length whatever the token's, and comparing them tells nothing of where the tokens differ.
      const given = sha256(token);
      const isAdministrator = timingSafeEqual(given, administrator);
      const isAgent = agent !== null && timingSafeEqual(given, agent);
      if (isAdministrator) return "administrator";
      return isAgent ? "agent" : null;
    },
    authorName: (deploymentId) => config.deployments.get(deploymentId)?.appearance.title ?? null,
  };
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
