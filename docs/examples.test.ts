/** The programs of the guide: each stands in it as it is, and the tokens of those that can run here pass the gate. */

import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { exportPKCS8, exportSPKI, generateKeyPair } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { startTestServer } from "../server/edge/testing/test-server.ts";

const folder = join(import.meta.dirname, "examples");
const guide = readFileSync(join(import.meta.dirname, "sign-a-contact-jwt.md"), "utf8");
const run = promisify(execFile);

/** How a program is run, and what tells whether its library is installed. */
const runners = [
  { file: "sign.mjs", command: process.execPath, probe: ["-e", ""] },
  { file: "sign.py", command: "python3", probe: ["-c", "import jwt, cryptography"] },
  { file: "sign.rb", command: "ruby", probe: ["-e", 'require "jwt"'] },
] as const;

it.each(readdirSync(folder))("%s stands in the guide as it is", (file) => {
  expect(guide).toContain(readFileSync(join(folder, file), "utf8").trimEnd());
});

describe("a token of the guide", () => {
  let privateKey = "";
  let publicKey = "";

  beforeAll(async () => {
    const pair = await generateKeyPair("RS256", { extractable: true });
    privateKey = await exportPKCS8(pair.privateKey);
    publicKey = await exportSPKI(pair.publicKey);
  });

  for (const { file, command, probe } of runners) {
    it(`signed by ${file} opens a session`, async ({ skip }) => {
      const installed = await run(command, [...probe]).then(
        () => true,
        () => false,
      );
      skip(!installed, `${command} or its JWT library is not installed here`);
      const env = { ...process.env, CONTACT_JWT_PRIVATE_KEY: privateKey };
      const { stdout } = await run(command, [join(folder, file)], { env });
      const server = await startTestServer({
        communities: [
          { id: "guide", identityClaim: "identity", keys: [{ kid: "2026-rsa", alg: "RS256", publicKey }] },
        ],
        deployments: [{ id: "guide-web", community: "guide" }],
      });
      try {
        const identity = { type: "contactJwt", token: stdout.trim() };
        const response = await server.fetch("/api/v1/sessions", {
          json: { deploymentId: "guide-web", identity },
        });
        expect(response.status).toBe(201);
        expect(await response.json()).toMatchObject({
          contact: { platformKey: "v1/guide/AUTH/jwt/uid:user-123", name: "Ada Lovelace" },
        });
      } finally {
        await server.close();
      }
    });
  }
});
