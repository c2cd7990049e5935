import type { Reading } from "./reading.ts";
import type { SecretReference } from "./schema-parts.ts";

/** @returns null, and a fault noted, where the environment has no such variable */
export function resolveSecret(reading: Reading, reference: SecretReference, path: string): string | null {
  if (typeof reference === "string") return reference;
  const value = reading.env[reference.env];
  if (value) return value;
  reading.faults.push({ path, message: `the environment variable ${reference.env} is not set` });
  return null;
}
