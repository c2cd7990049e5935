import { createHmac } from "node:crypto";
import { parseAgentFrame, parseClientFrame } from "../../server/edge/websocket/client-frames.ts";
import {
  base64url,
  claims,
  community,
  ec,
  gate,
  nowSeconds,
  secret,
  signed,
} from "../../server/identity/fixtures/signing.ts";
import { defaultLimits } from "../../shared/limits.ts";
import { ProblemError } from "../../shared/problem-error.ts";
import type { ClientFrame } from "../../shared/protocol.ts";

/** Something that reads what strangers send. */
export interface Target {
  readonly name: string;
  readonly corpus: readonly string[];
  /** @returns whether the input was taken; throws what is no refusal */
  read(input: string): boolean | Promise<boolean>;
}

const refusedBy = (error: unknown): false => {
  if (error instanceof ProblemError) return false;
  throw error;
};

const rich = {
  ...claims,
  nbf: nowSeconds,
  jti: "1",
  aud: ["a", "b"],
  "comm100.name": "Ada",
  "comm100.email": "ada@acme.example",
  extra_values: { plan: "gold" },
};

/** Whole tokens: what is broken in them is found before the signature, or is the signature. */
export async function gateTarget(): Promise<Target> {
  const acme = await community();
  const { verifyContactJwt } = gate();
  return {
    name: "tokens",
    corpus: [
      await signed(),
      await signed(rich, { alg: "RS256", kid: "rsa" }),
      await signed(rich, { alg: "ES256", kid: "ec" }, ec.privateKey),
      await signed(claims, { alg: "HS256", kid: "shared" }, Buffer.from(secret)),
    ],
    read: (input) => verifyContactJwt(input, acme).then(() => true, refusedBy),
  };
}

const between = "\n.\n";

/** Headers and claims that somebody with the shared token signed: what is broken in them is met behind the signature. */
export async function claimsTarget(): Promise<Target> {
  const acme = await community({ extraValueMapping: [{ key: "plan", field: "custom.plan" }] });
  const { verifyContactJwt } = gate();
  const header = JSON.stringify({ alg: "HS256", kid: "shared", typ: "JWT" });
  const sign = (input: string): string => {
    const [head = "", ...payload] = input.split(between);
    const signing = `${base64url(head)}.${base64url(payload.join(between))}`;
    return `${signing}.${createHmac("sha256", secret).update(signing).digest("base64url")}`;
  };
  return {
    name: "claims",
    corpus: [claims, rich].map((payload) => header + between + JSON.stringify(payload)),
    read: (input) => verifyContactJwt(sign(input), acme).then(() => true, refusedBy),
  };
}

const id = "0192f0c1-2a3b-7c4d-8e5f-60718293a4b5";

const frames: readonly ClientFrame[] = [
  { t: "auth", token: "x".repeat(43), afterSeq: 12 },
  { t: "send", id, text: "Hello 👋", attachments: [id] },
  { t: "read", seq: 7 },
  { t: "delivered", seq: 8 },
  { t: "typing", on: true },
  { t: "ping" },
];

export const frameTarget: Target = {
  name: "frames",
  corpus: frames.flatMap((frame) => [
    JSON.stringify(frame),
    JSON.stringify({ ...frame, conversationId: id, more: [{ deep: [[1]] }] }),
  ]),
  read: (input) =>
    parseClientFrame(input, defaultLimits.jsonDepth) !== null ||
    parseAgentFrame(input, defaultLimits.jsonDepth) !== null,
};
