import { isJsonObject, ownMember } from "../identity/strict-json.ts";
import type { Reading } from "./reading.ts";

/** Notes a fault at each element whose member `name` an earlier element has already. */
export function checkUnique(
  reading: Reading,
  elements: readonly unknown[],
  name: string,
  path: string,
): void {
  const seen = new Set<unknown>();
  for (const [index, element] of elements.entries()) {
    const value = isJsonObject(element) ? ownMember(element, name) : undefined;
    if (typeof value !== "string") continue;
    if (seen.has(value))
      reading.faults.push({ path: `${path}[${index}].${name}`, message: "is there twice" });
    seen.add(value);
  }
}
