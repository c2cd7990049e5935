import type { ErrorCode } from "../../../shared/problems.ts";
import type { besideTexts } from "./en.beside.ts";
import type { KeyOf } from "./en.ts";
import type { Language } from "./language.ts";

export type Problem =
  KeyOf<typeof besideTexts> extends infer Key ? (Key extends `problem.${infer Name}` ? Name : never) : never;

/** The first that fits. Every other code is a fault of a token or a session: all a customer can do is sign in again. */
const problems: readonly (readonly [codes: RegExp, problem: Problem])[] = [
  [/rejected|deployment_unknown|origin|placeholder|csp/, "setup"],
  [/inactive|destroyed/, "closed"],
  [/network|timeout/, "network"],
  [/unavailable/, "unavailable"],
  [/rate/, "tooFast"],
  [/^too|message_too/, "tooLong"],
  [/^message|attachment|request|found|forbidden/, "unexpected"],
];

/**
 * What a code means to the customer: sign in again, wait, or tell someone. The developer gets the precise cause through the
 * page's events and console.
 */
export function problemText({ say }: Pick<Language<typeof besideTexts>, "say">, code: ErrorCode): string {
  const [, problem] = problems.find(([codes]) => codes.test(code)) ?? [];
  return say(`problem.${problem ?? "identity"}`);
}
