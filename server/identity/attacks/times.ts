import type { ProblemCode } from "../../../shared/problems.ts";
import { withClaim } from "../fixtures/forging.ts";
import { claims, headerText, nowSeconds, signed, signedTexts } from "../fixtures/signing.ts";
import { type Attack, atTheGate, type ContactRow } from "./attack.ts";

const withExpiry = (exp: string): string => signedTexts(headerText, `{"identity":"user-123","exp":${exp}}`);

const expiries: readonly (readonly [exp: string, code: ProblemCode])[] = [
  ["null", "expiry_missing"],
  ["true", "expiry_missing"],
  ["false", "expiry_missing"],
  ['""', "expiry_missing"],
  ['"9999999999"', "expiry_missing"],
  ['"2099-01-01T00:00:00Z"', "expiry_missing"],
  ['"never"', "expiry_missing"],
  [`[${claims.exp}]`, "expiry_missing"],
  ["[]", "expiry_missing"],
  ['{"valueOf":9999999999}', "expiry_missing"],
  [`${claims.exp}.5`, "expiry_missing"],
  [`${claims.exp}.000001`, "expiry_missing"],
  ["1e999", "expiry_missing"],
  ["-1e999", "expiry_missing"],
  ["1e-5", "expiry_missing"],
  ["0", "token_expired"],
  ["-0", "token_expired"],
  ["-1", "token_expired"],
  ["1", "token_expired"],
  ["3600", "token_expired"],
  ["1e-999", "token_expired"],
  [`-${claims.exp}`, "token_expired"],
  ["-1e300", "token_expired"],
  ["-9007199254740993", "token_expired"],
  [String(nowSeconds - 86_400), "token_expired"],
  [String(nowSeconds - 1), "token_expired"],
  [String(nowSeconds), "token_expired"],
  [`${nowSeconds}.0`, "token_expired"],
  ["2147483647", "expiry_too_far"],
  ["4294967295", "expiry_too_far"],
  ["4294967296", "expiry_too_far"],
  ["9999999999", "expiry_too_far"],
  ["99999999999", "expiry_too_far"],
  [`${claims.exp}000`, "expiry_too_far"],
  ["8640000000001", "expiry_too_far"],
  ["9007199254740991", "expiry_too_far"],
  ["9007199254740993", "expiry_too_far"],
  ["18446744073709551616", "expiry_too_far"],
  ["1e300", "expiry_too_far"],
  ["1.7976931348623157e308", "expiry_too_far"],
  [String(nowSeconds + 315_360_000), "expiry_too_far"],
  [String(nowSeconds + 86_400 + 60 + 1), "expiry_too_far"],
];

const starts: readonly (readonly [value: string, code: ProblemCode])[] = [
  ["null", "token_malformed"],
  ["true", "token_malformed"],
  ['"0"', "token_malformed"],
  ['"now"', "token_malformed"],
  ["[0]", "token_malformed"],
  ["{}", "token_malformed"],
  ["0.5", "token_malformed"],
  ["1e999", "token_malformed"],
  ["-1e999", "token_malformed"],
  [String(nowSeconds + 61), "token_not_yet_valid"],
  [`${nowSeconds}000`, "token_not_yet_valid"],
  ["9007199254740993", "token_not_yet_valid"],
  ["1e300", "token_not_yet_valid"],
];

const withStart = (name: string, value: string): string =>
  signedTexts(headerText, `{"identity":"user-123","exp":${claims.exp},"${name}":${value}}`);

const others: readonly ContactRow[] = [
  ["no exp", signedTexts(headerText, '{"identity":"user-123"}'), "expiry_missing"],
  [
    "Exp in place of exp",
    signedTexts(headerText, `{"identity":"user-123","Exp":${claims.exp}}`),
    "expiry_missing",
  ],
  [
    "exp in the header alone",
    signedTexts(`${headerText.slice(0, -1)},"exp":${claims.exp}}`, '{"identity":"user-123"}'),
    "expiry_missing",
  ],
  [
    "exp inside of another claim",
    signedTexts(headerText, `{"identity":"user-123","claims":{"exp":${claims.exp}}}`),
    "expiry_missing",
  ],
  [
    "a life longer than the community's",
    signed({ ...claims, exp: nowSeconds + 400 }),
    "expiry_too_far",
    { maxTokenLifetimeSeconds: 300, clockSkewSeconds: 0 },
  ],
  [
    "a second beyond no skew at all",
    signed({ ...claims, iat: nowSeconds + 1 }),
    "token_not_yet_valid",
    { clockSkewSeconds: 0 },
  ],
  ["nbf in the future, iat in the past", withClaim(`"nbf":${nowSeconds + 3000}`), "token_not_yet_valid"],
  ["nbf behind exp", withClaim(`"nbf":${claims.exp + 10}`), "token_not_yet_valid"],
];

export const timeAttacks: readonly Attack[] = atTheGate("3.10", [
  ...expiries.map(([exp, code]): ContactRow => [`exp ${exp}`, withExpiry(exp), code]),
  ...["nbf", "iat"].flatMap((name) =>
    starts.map(([value, code]): ContactRow => [`${name} ${value}`, withStart(name, value), code]),
  ),
  ...others,
]);
