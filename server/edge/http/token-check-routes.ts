import * as v from "valibot";
import { ProblemError } from "../../../shared/problem-error.ts";
import type { Community, Config, Deployment } from "../../config/config.ts";
import { checkNames, type TokenReport } from "../../identity/check/report.ts";
import type { TokenCheck } from "../../identity/check/token-check.ts";
import { defineRoute, type Route } from "./route.ts";

const checkBody = v.pipe(
  v.object({
    token: v.string(),
    community: v.optional(v.string()),
    deployment: v.optional(v.string()),
  }),
  v.check(
    ({ community, deployment }) => community !== undefined || deployment !== undefined,
    "expected a community or a deployment",
  ),
);

const text = v.nullable(v.string());

const report = v.object({
  communityId: v.string(),
  checkedAt: v.pipe(v.string(), v.isoTimestamp()),
  passes: v.boolean(),
  code: text,
  repairs: v.array(v.string()),
  checks: v.array(
    v.object({
      check: v.picklist(checkNames),
      passed: v.nullable(v.boolean()),
      found: text,
      expected: v.string(),
      code: text,
      cause: text,
      fix: text,
    }),
  ),
});

/** The report and its description say the same. */
const described = (given: TokenReport): v.InferInput<typeof report> => ({
  ...given,
  repairs: [...given.repairs],
  checks: [...given.checks],
});

export function tokenCheckRoutes({
  config,
  tokenCheck,
}: {
  readonly config: Pick<Config, "communities" | "deployments">;
  readonly tokenCheck: TokenCheck;
}): Route[] {
  return [
    defineRoute({
      method: "POST",
      path: "/api/v1/admin/tokens/check",
      callers: ["administrator"],
      summary:
        "What the gate would say of a Contact JWT, check by check; opens no session and uses nothing up.",
      body: checkBody,
      answers: { 200: report },
      async handle({ http, body }) {
        const { community, deployment } = findSubject(config, body);
        const result = await tokenCheck.check(body.token, community, deployment);
        return http.json(described(result), 200, { "Cache-Control": "no-store" });
      },
    }),
  ];
}

/** @throws ProblemError `not_found`, `deployment_unknown`, `request_invalid` */
function findSubject(
  { communities, deployments }: Pick<Config, "communities" | "deployments">,
  named: { readonly community?: string | undefined; readonly deployment?: string | undefined },
): { readonly community: Community; readonly deployment?: Deployment } {
  const deployment = named.deployment === undefined ? undefined : deployments.get(named.deployment);
  if (named.deployment !== undefined && !deployment)
    throw new ProblemError("deployment_unknown", { detail: `Configured are ${list(deployments)}.` });
  const id = named.community ?? deployment?.communityId ?? "";
  const community = communities.get(id);
  if (!community)
    throw new ProblemError("not_found", {
      detail: `There is no such community; configured are ${list(communities)}.`,
    });
  if (deployment && deployment.communityId !== id)
    throw new ProblemError("request_invalid", {
      detail: `The deployment ${deployment.id} belongs to the community ${deployment.communityId}.`,
    });
  return { community, ...(deployment && { deployment }) };
}

const list = (known: ReadonlyMap<string, unknown>): string => [...known.keys()].join(", ") || "none";
