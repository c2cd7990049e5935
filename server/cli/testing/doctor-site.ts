import { join } from "node:path";
import { communityFile, nowSeconds, rsa } from "../../identity/fixtures/signing.ts";
import { type GuardedFetch, OutboundRefused } from "../../outbound/guarded-fetch.ts";
import type { Finding } from "../doctor/finding.ts";
import { temporaryFiles, tryCommand } from "./try-command.ts";

/** An installation that is ready for production, to be spoilt in one place, and what the doctor finds in it. */

export const { folder, file } = temporaryFiles();
export const secret = "m3Qz8vT1xL6wK0yR5nB9cJ2hF7dG4sPa";

export const keys = [{ kid: "rsa", alg: "RS256", publicKey: rsa.publicPem }];
export const site = (community: object = {}, deployment: object = {}) => ({
  communities: [{ ...communityFile, keys, ...community }],
  deployments: [
    { id: "acme-web", community: "acme", allowedOrigins: ["https://www.acme.example"], ...deployment },
  ],
});

export const ready = {
  NODE_ENV: "production",
  PUBLIC_URL: "https://chat.acme.example",
  VOUCH_SECRET: `${secret}-1`,
  VOUCH_ADMIN_TOKEN: `${secret}-2`,
  VOUCH_DATA_DIR: join(folder, "data"),
  TRUSTED_PROXIES: "10.0.0.1",
};

const date = new Date(nowSeconds * 1000).toUTCString();
export type Answers = Readonly<Record<string, { status?: number; date?: string; body: unknown } | Error>>;
export const usual: Answers = { "https://chat.acme.example/healthz": { body: { status: "ok" } } };

export const network =
  (answers: Answers): GuardedFetch =>
  async (url) => {
    const answer = answers[url] ?? new OutboundRefused("Nobody is there.");
    if (answer instanceof Error) throw answer;
    const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    return {
      status: answer.status ?? 200,
      headers: { date: answer.date ?? date, "content-type": "application/json" },
      body: Buffer.from(text),
    };
  };

export async function findings(config: object, env: NodeJS.ProcessEnv = ready, answers: Answers = usual) {
  const words = ["doctor", "--json", "--config", file("vouch.json", config)];
  const { code, printed } = await tryCommand(words, { env, fetch: network(answers) });
  const all: readonly Finding[] = JSON.parse(printed);
  return {
    code,
    all,
    of: (subject: string) => all.filter((finding) => finding.subject === subject),
    /** Everything that is not fine, as one text. */
    text: all
      .filter(({ level }) => level !== "fine")
      .map(({ level, subject, found, fix }) => `${level} ${subject}: ${found}. ${fix}`)
      .join("\n"),
  };
}
