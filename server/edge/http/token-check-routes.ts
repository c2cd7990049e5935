import * as v from "valibot";
import { ProblemError } from "../../../shared/problem-error.ts";
import type { Community, Config, Deployment } from "../../config/config.ts";
import { judgedKinds, tokenKinds } from "../../identity/check/recognise.ts";
import { checkNames, type TokenReport } from "../../identity/check/report.ts";
import type { TokenCheck } from "../../identity/check/token-check.ts";
import { defineRoute, type Route } from "./route.ts";

const checkBody = v.pipe(
  v.object({
    token: v.string(),
    community: v.optional(v.string()),
    deployment: v.optional(v.string()),
    /** What the page passes beside an ID token. */
    nonce: v.optional(v.string()),
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
  kind: v.picklist(tokenKinds),
  judgedAs: v.picklist(judgedKinds),
  passes: v.nullable(v.boolean()),
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
        "What a token is (Contact JWT, platform JWT, ID token or none of these) and what its gate would say, check by check; opens no session and uses nothing up.",
      body: checkBody,
      answers: { 200: report },
      async handle({ http, body }) {
        const place = {
          ...findSubject(config, body),
          ...(body.nonce !== undefined && { nonce: body.nonce }),
        };
        const result = await tokenCheck.check(body.token, place);
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
