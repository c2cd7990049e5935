import { checkEncoding, checkForm, checkSize, readHeaderPart, readPayloadPart } from "../compact.ts";
import { explainForeign } from "./foreign-token.ts";
import { type Advice, examine, notChecked, type TokenCheckResult, unreadable } from "./report.ts";
import type { Subject } from "./subject.ts";

/** Step 1 of the gate. What fails here is read leniently for the checks behind it. */
export async function checkShape(subject: Subject): Promise<TokenCheckResult[]> {
  const { token, limits } = subject;
  return [
    await examine(
      {
        check: "size",
        found: `${token.length} characters`,
        expected: `at most ${limits.tokenBytes} characters`,
      },
      () => checkSize(token, limits),
    ),
    await examine(
      {
        check: "form",
        found: `parts: ${token.split(".", 100).length}`,
        expected: "three parts of base64url, separated by dots",
      },
      () => checkForm(token),
      () => adviseForm(subject),
    ),
    ...(await checkParts(subject)),
  ];
}

async function checkParts({ reading: { text }, limits }: Subject): Promise<TokenCheckResult[]> {
  const expected = {
    encoding: "canonical base64url",
    header: `a JSON object of at most ${limits.tokenHeaderBytes} bytes`,
    payload: "a JSON object, each member once",
  };
  if (text === null)
    return (["encoding", "header", "payload"] as const).map((check) =>
      notChecked(check, expected[check], unreadable),
    );
  const [header, payload] = text.split(".");
  const sizeOf = (part: string | undefined) => `${decode(part).length} bytes`;
  return [
    await examine(
      { check: "encoding", found: `${text.length} characters`, expected: expected.encoding },
      () => checkEncoding(text),
      () => ({ fix: "Use your JWT library's own text; do not build, pad or cut the parts by hand." }),
    ),
    await examine(
      { check: "header", found: sizeOf(header), expected: expected.header },
      () => readHeaderPart(header, limits),
      () => adviseJson(decode(header).toString()),
    ),
    await examine(
      { check: "payload", found: sizeOf(payload), expected: expected.payload },
      () => readPayloadPart(payload, limits),
      () => adviseJson(decode(payload).toString()),
    ),
  ];
}

const decode = (part = ""): Buffer => Buffer.from(part, "base64url");

function adviseForm(subject: Subject): Advice | null {
  const { token, reading, kind, judgedAs } = subject;
  const { text, repairs } = reading;
  if (text !== null)
    return {
      fix: `Pass header.payload.signature and nothing else. To read on, this report ${repairs.join(", then ")}.`,
    };
  if (token.split(".", 6).length === 5)
    return {
      fix:
        judgedAs === "idToken"
          ? "Register the client without id_token_encrypted_response_alg: the provider's signature is what is checked."
          : "Sign the token (JWS) instead of encrypting it (JWE); the connection is encrypted already.",
    };
  return kind === "sessionToken" ? explainForeign(subject) : null;
}

function adviseJson(text: string): Advice | null {
  if (text.startsWith("\uFEFF"))
    return { cause: "It begins with a byte order mark.", fix: "Leave the mark out." };
  if (/^"?eyJ/.test(text))
    return {
      cause: text.includes(".") ? "It is a token inside a token." : "It was encoded twice.",
      fix: "Sign the claims themselves, as a JSON object; your JWT library encodes them.",
    };
  if (/^[\w.]+=/.test(text)) return { cause: "It is a query string, not JSON.", fix: "Sign a JSON object." };
  if (/'\w+':/.test(text)) return { cause: "It is written with apostrophes, which JSON does not have." };
  return null;
}
