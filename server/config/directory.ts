import { ProblemError } from "../../shared/problem-error.ts";
import type { Community, Config, Deployment } from "./config.ts";

/**
 * The deployment of a public id, and the community it belongs to, both switched on.
 * @throws ProblemError `deployment_unknown`, `deployment_inactive`, `community_inactive`
 */
export function findPlace(
  config: Config,
  deploymentId: string,
): { readonly deployment: Deployment; readonly community: Community } {
  const deployment = config.deployments.get(deploymentId);
  const community = deployment && config.communities.get(deployment.communityId);
  if (!deployment || !community) throw new ProblemError("deployment_unknown");
  if (!deployment.active) throw new ProblemError("deployment_inactive");
  if (!community.active) throw new ProblemError("community_inactive");
  return { deployment, community };
}

/** Whether deployment and community of a session are there, switched on, and still belong together. */
export function isInPlace(
  config: Config,
  session: { readonly deploymentId: string; readonly communityId: string },
): boolean {
  const deployment = config.deployments.get(session.deploymentId);
  const community = config.communities.get(session.communityId);
  return deployment?.communityId === community?.id && !!deployment?.active && !!community?.active;
}
