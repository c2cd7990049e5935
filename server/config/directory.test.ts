import { expect, it } from "vitest";
import { refusalCode } from "../identity/fixtures/refusal.ts";
import { findPlace } from "./directory.ts";
import { parseConfig } from "./load.ts";

const config = await parseConfig(
  {
    communities: [{ id: "acme" }, { id: "closed", active: false }],
    deployments: [
      { id: "web", community: "acme" },
      { id: "off", community: "acme", active: false },
      { id: "shut", community: "closed" },
    ],
  },
  {},
);

it("A deployment is found with its community", () => {
  expect(findPlace(config, "web")).toMatchObject({ deployment: { id: "web" }, community: { id: "acme" } });
});

it.each([
  ["none", "deployment_unknown"],
  ["constructor", "deployment_unknown"],
  ["off", "deployment_inactive"],
  ["shut", "community_inactive"],
])("The deployment %s is refused with %s", async (id, code) => {
  expect(await refusalCode(() => findPlace(config, id))).toBe(code);
});
