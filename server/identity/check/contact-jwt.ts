import { checkAttributes, checkClaims } from "./claims.ts";
import { checkHeader } from "./header.ts";
import { checkKey, contactKeys } from "./key.ts";
import type { TokenCheckResult } from "./report.ts";
import { checkShape } from "./shape.ts";
import type { Subject } from "./subject.ts";
import { checkTimes } from "./times.ts";
import { checkPlace, checkUse, contactQuestion, type LookUpToken } from "./use.ts";

/** The steps of `server/identity/gate.ts`. */
export const checkContactJwt = async (
  subject: Subject,
  lookUp: LookUpToken | null,
): Promise<TokenCheckResult[]> => [
  ...(await checkPlace(subject)),
  ...(await checkShape(subject)),
  ...(await checkHeader(subject, "JWT")),
  ...(await checkKey(subject, contactKeys(subject))),
  ...(await checkTimes(subject)),
  ...(await checkClaims(subject)),
  ...(await checkUse(await contactQuestion(subject), lookUp)),
  checkAttributes(subject),
];
