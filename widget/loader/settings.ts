import { MessengerError } from "../bridge/messenger-error.ts";
import type { MessengerSettings } from "./api.ts";

/**
 * Reads `window.messengerSettings` or what `boot()` was given. Tokens are read elsewhere, whenever one is needed.
 *
 * @throws MessengerError `request_invalid`
 */
export function readSettings(value: unknown): MessengerSettings {
  const settings = Object(value) as MessengerSettings;
  if (typeof settings.deploymentId === "string" && settings.deploymentId) return settings;
  throw new MessengerError(
    "request_invalid",
    "messengerSettings.deploymentId is missing. Paste the whole snippet, or pass { deploymentId } to Messenger.boot().",
  );
}
