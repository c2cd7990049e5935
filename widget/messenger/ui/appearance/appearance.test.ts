import { expect, it } from "vitest";
import { contrast } from "../fixtures/contrast.ts";
import { applyAppearance } from "./appearance.ts";

it("sets scheme and readable colours on the document's element", () => {
  const element = document.createElement("html");
  const look = (theme: "auto" | "dark", prefersDark: boolean) => {
    applyAppearance(element, { theme, accent: "#ffd400" }, prefersDark);
    const names = ["--accent", "--on-accent", "--accent-ink"];
    return [element.dataset.scheme, ...names.map((name) => element.style.getPropertyValue(name))];
  };
  expect(look("dark", false)).toEqual(["dark", "#ffd400", "black", "rgb(255,212,0)"]);
  expect(look("auto", true)).toEqual(["dark", "#ffd400", "black", "rgb(255,212,0)"]);
  const [scheme, , , ink = ""] = look("auto", false);
  expect(scheme).toBe("light");
  expect(contrast(ink, "#ffffff")).toBeGreaterThan(4.5);
});
