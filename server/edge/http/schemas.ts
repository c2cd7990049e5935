/**
 * What requests must look like: one schema for the check, the type and the description in `/openapi.json`.
 * Every check that is not one of type says itself what it expected, so that no message quotes what was sent.
 */

import * as v from "valibot";
import { uuidPattern } from "../../../shared/ids.ts";

/** What is wrong with it, even that it is empty, the gate says. */
const token = v.string();

/** Serializers that leave no member out write null for what is absent. */
const text = v.exactOptional(v.nullable(v.string()));

type Present<Given> = { [Name in keyof Given]: Exclude<Given[Name], null> };

const present = <Given extends object>(given: Given): Present<Given> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as Present<Given>;

const identity = v.variant("type", [
  v.object({ type: v.literal("contactJwt"), token }),
  v.object({ type: v.literal("platformJwt"), token }),
  v.pipe(
    v.object({
      type: v.literal("oidcCode"),
      code: v.string(),
      redirectUri: v.string(),
      codeVerifier: text,
      nonce: text,
      maxAgeSeconds: v.exactOptional(
        v.nullable(
          v.pipe(v.number(), v.safeInteger("expected a whole number"), v.minValue(0, "expected 0 or more")),
        ),
      ),
      iss: text,
    }),
    v.transform(present),
  ),
  v.pipe(v.object({ type: v.literal("idToken"), token, nonce: text }), v.transform(present)),
  v.object({ type: v.literal("signInTicket"), ticket: v.string() }),
  v.object({ type: v.literal("anonymous") }),
]);

export const openSessionBody = v.object({
  deploymentId: v.string(),
  identity,
  /** A visitor's own session token: the customer who signs in was that visitor. */
  conversationHandover: v.optional(v.nullable(v.string()), null),
});

/** Without an identity: by the refresh token that the session's OpenID provider granted. */
export const renewSessionBody = v.object({ identity: v.optional(v.nullable(identity), null) });

const siteId = v.pipe(
  v.union([v.number(), v.string()]),
  v.transform(Number),
  v.safeInteger("expected a whole number"),
);

/** Some installation guides spell the member with a space; where both are given `contactJwt` counts. */
export const authorizeBody = v.pipe(
  v.object({
    siteId,
    messengerId: v.string(),
    contactJwt: v.optional(v.nullable(token)),
    "Contact JWT": v.optional(v.nullable(token)),
    isPreview: v.optional(v.nullable(v.boolean())),
  }),
  v.forward(
    v.check((body) => (body.contactJwt ?? body["Contact JWT"] ?? null) !== null, "expected a token"),
    ["contactJwt"],
  ),
  v.transform((body) => ({ ...body, contactJwt: body.contactJwt ?? body["Contact JWT"] ?? "" })),
);

const maxAttachments = 20;

export const messageBody = v.object({
  id: v.pipe(v.string(), v.regex(uuidPattern, "expected a UUID")),
  text: v.string(),
  attachments: v.optional(
    v.nullable(
      v.pipe(
        // Counted before any of them is looked at: a body has room for thousands.
        v.array(v.unknown()),
        v.maxLength(maxAttachments, `expected ${maxAttachments} or less`),
        v.array(v.string()),
      ),
    ),
  ),
});

const seq = v.pipe(v.number(), v.safeInteger("expected a whole number"), v.minValue(0, "expected 0 or more"));

export const readBody = v.object({ seq });

export const updateConversationBody = v.object({
  state: v.optional(v.picklist(["open", "waiting", "closed"])),
  assignee: v.optional(
    v.nullable(v.pipe(v.string(), v.minLength(1, "expected a name"), v.maxLength(256, "expected a name"))),
  ),
});

/** A whole number in a query, where everything is text. */
const whole = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,16}$/, "expected a whole number"),
    v.transform(Number),
    v.minValue(min, `expected ${min} or more`),
    v.maxValue(max, `expected ${max} or less`),
  );

/** A member that stands in the query without a value. */
const blank = v.pipe(
  v.literal(""),
  v.transform(() => undefined),
);
export const position = v.optional(v.union([blank, whole(0, Number.MAX_SAFE_INTEGER)]));
const limit = v.optional(
  v.union([
    v.pipe(
      v.literal(""),
      v.transform(() => 50),
    ),
    whole(1, 100),
  ]),
  "50",
);
/** `?everywhere` alone means what it says: a logout that was asked for must not be missed. */
export const flag = v.optional(
  v.pipe(
    v.picklist(["true", "1", "", "false", "0"]),
    v.transform((text) => text !== "false" && text !== "0"),
  ),
  "false",
);

export const messagesQuery = v.pipe(
  v.object({ before: position, after: position, limit }),
  v.check(
    ({ before, after }) => before === undefined || after === undefined,
    "expected one of before and after, found both",
  ),
);

export const auditQuery = v.object({ before: position, limit });

export const endSessionQuery = v.object({ everywhere: flag, atProvider: flag });

/** Said outright: without it the request would end nothing, or everything. */
export const endOthersQuery = v.object({ others: v.picklist(["true", "1", ""], "expected true") });

export const conversationsQuery = v.object({
  state: v.optional(v.union([blank, v.picklist(["open", "waiting", "closed"])])),
  /** Test conversations are listed only where they are asked for. */
  preview: flag,
  cursor: v.optional(v.union([blank, v.string()])),
  limit,
});
