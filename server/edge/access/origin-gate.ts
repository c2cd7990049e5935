import { originAllowed } from "../../../shared/origins.ts";
import { ProblemError } from "../../../shared/problem-error.ts";
import type { Config } from "../../config/config.ts";
import type { Place } from "./own-origins.ts";

/**
 * Which pages may talk to us. `null` stands for a request without `Origin`: a native client or a back end, which no
 * browser speaks for and which holds nothing but the token it sends.
 */
export interface OriginGate {
  /** This server itself: the frame, the desk. */
  own(origin: string | null): boolean;
  /** Our own, or in the list of one deployment or another: it may see an answer, also a refusal. */
  known(origin: string): boolean;
  /** @throws ProblemError `origin_not_allowed` unless ours, absent or in this deployment's list */
  require(origin: string | null, deploymentId: string): void;
}

export function createOriginGate(config: Config, place: Place): OriginGate {
  const own = (origin: string | null) => origin === null || place.ownOrigins.has(origin);
  const allowedBy = (origin: string, deploymentId: string) =>
    originAllowed(origin, config.deployments.get(deploymentId)?.allowedOrigins ?? []);
  return {
    own,
    known: (origin) => own(origin) || [...config.deployments.keys()].some((id) => allowedBy(origin, id)),
    require(origin, deploymentId) {
      if (origin === null || own(origin) || allowedBy(origin, deploymentId)) return;
      throw originRefused(origin, `of the deployment ${JSON.stringify(deploymentId)}`);
    },
  };
}

/** @param of whose list it is missing from */
export function originRefused(origin: string, of: string): ProblemError {
  const shown = JSON.stringify(origin.slice(0, 200));
  return new ProblemError("origin_not_allowed", {
    detail: `The origin ${shown} is not in the allowedOrigins ${of}.`,
  });
}
