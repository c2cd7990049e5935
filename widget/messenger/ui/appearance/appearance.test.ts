import { expect, it } from "vitest";
import { deployment } from "../fixtures/fake-model.ts";
import { applyAppearance, effectiveAppearance, type Scheme } from "./appearance.ts";
import { contrast } from "./contrast.ts";

it("lets the page's appearance stand before the deployment's", () => {
  const appearance = effectiveAppearance(deployment, { appearance: { accent: "#ffd400" }, strings: {} });
  expect(appearance).toEqual({ ...deployment.appearance, accent: "#ffd400" });
});

it("sets scheme and readable colours on the document's element", () => {
  const element = document.createElement("html");
  const look = (theme: "auto" | "dark", preferred: Scheme) => {
    applyAppearance(element, { ...deployment.appearance, theme, accent: "#ffd400" }, preferred);
    const names = ["--accent", "--on-accent", "--accent-ink"];
    return [element.dataset.scheme, ...names.map((name) => element.style.getPropertyValue(name))];
  };
  expect(look("dark", "light")).toEqual(["dark", "#ffd400", "#000000", "#ffd400"]);
  expect(look("auto", "dark")).toEqual(["dark", "#ffd400", "#000000", "#ffd400"]);
  const [scheme, , , ink = ""] = look("auto", "light");
  expect(scheme).toBe("light");
  expect(contrast(ink, "#ffffff")).toBeGreaterThan(4.5);
});
