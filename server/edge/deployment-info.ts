import type { DeploymentInfo } from "../../shared/protocol.ts";
import type { Community, Config } from "../config/config.ts";
import { findPlace } from "../config/directory.ts";

/**
 * What anyone may know of a deployment, and nothing more.
 *
 * @throws ProblemError `deployment_unknown`, `deployment_inactive`, `community_inactive`
 */
export function describeDeployment(config: Config, deploymentId: string): DeploymentInfo {
  const { deployment, community } = findPlace(config, deploymentId);
  const { messageCharacters, messageBytes, messagesPerSecond, messageBurst } = config.limits;
  const { attachmentBytes, attachmentsPerMessage } = config.limits;
  return {
    id: deployment.id,
    name: deployment.name,
    signedIdentities: community.signedIdentities,
    signIn: {
      required: community.signedIdentities === "require",
      methods: signInMethods(community),
      stepUp: community.stepUp,
    },
    appearance: deployment.appearance,
    locales: ["en"],
    limits: {
      messageCharacters,
      messageBytes,
      messagesPerSecond,
      messageBurst,
      attachmentBytes,
      attachmentsPerMessage,
    },
  };
}

function signInMethods({ signedIdentities, oidc }: Community): DeploymentInfo["signIn"]["methods"] {
  if (signedIdentities === "reject") return [];
  return oidc ? ["contactJwt", "platformJwt", "oidc"] : ["contactJwt", "platformJwt"];
}
