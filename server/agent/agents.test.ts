import { expect, test } from "vitest";
import { defaultLimits } from "../../shared/limits.ts";
import type { Config } from "../config/config.ts";
import { createAgents } from "./agents.ts";

const config: Config = {
  siteId: 1,
  communities: new Map(),
  deployments: new Map(),
  limits: defaultLimits,
  warnings: [],
};

test("each token has its role and every other has none", () => {
  const agents = createAgents({ adminToken: "the-admin", agentToken: "the-agent" }, config);
  expect(agents.recognise("the-admin")).toBe("administrator");
  expect(agents.recognise("the-agent")).toBe("agent");
  for (const token of ["", "the-admi", "the-admin ", "THE-ADMIN", "undefined", "null"])
    expect(agents.recognise(token)).toBeNull();
});

test("without an agent token only the administrator is known", () => {
  const agents = createAgents({ adminToken: "the-admin", agentToken: null }, config);
  expect(agents.recognise("null")).toBeNull();
  expect(agents.recognise("")).toBeNull();
});
