import { expect, it } from "vitest";
import { deployment } from "../fixtures/fake-model.ts";
import { applyAppearance, effectiveAppearance } from "./appearance.ts";

it("lets the page's appearance stand before the deployment's", () => {
  const appearance = effectiveAppearance(deployment, { appearance: { accent: "#ffd400" }, strings: {} });
  expect(appearance).toEqual({ ...deployment.appearance, accent: "#ffd400" });
});

it("sets theme and readable colours on the document's element", () => {
  const element = document.createElement("html");
  applyAppearance(element, { ...deployment.appearance, theme: "dark", accent: "#ffd400" });
  expect(element.dataset.theme).toBe("dark");
  expect(element.style.getPropertyValue("--accent")).toBe("#ffd400");
  expect(element.style.getPropertyValue("--on-accent")).toBe("#000000");
  expect(element.style.getPropertyValue("--accent-on-dark")).toBe("#ffd400");
  expect(element.style.getPropertyValue("--accent-on-light")).not.toBe("#ffd400");
});
