import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type S3Server, startS3Server } from "../../attachment/blobs/testing/s3-server.ts";
import { findings, folder, ready, site } from "../testing/doctor-site.ts";

let store: S3Server | null = null;
afterEach(async () => {
  await store?.close();
  store = null;
});

let count = 0;
const newDirectory = () => join(folder, `attachments-${++count}`);

async function startStore() {
  const directory = newDirectory();
  store = await startS3Server(directory);
  const { endpoint, region, accessKeyId, secretAccessKey } = store.settings;
  return {
    running: store,
    /** @param place bucket and prefix */
    env: (place = "attachments/chat", more: object = {}) => ({
      ...ready,
      VOUCH_ATTACHMENTS: `s3://${place}?region=${region}&endpoint=${endpoint}`,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...more,
    }),
    objects: () => readdirSync(join(directory, "attachments"), { recursive: true }).map(String),
  };
}

const said = async (env: NodeJS.ProcessEnv) => (await findings(site(), env)).of("attachments");

describe("vouch doctor looks where attachments lie:", () => {
  it("a bucket is written to, read and removed from, and nothing of that stays", async () => {
    const { env, objects } = await startStore();
    expect(await said(env())).toEqual([
      {
        level: "fine",
        subject: "attachments",
        found: "s3://attachments/chat/ can be written to, read and removed from",
      },
    ]);
    expect(objects().filter((name) => /[0-9a-f-]{36}/.test(name))).toEqual([]);
  });

  it("one that is not there, or that the credentials don't open, is a problem with the store's own reason", async () => {
    const { env } = await startStore();
    const [missing] = await said(env("missing/chat"));
    expect(missing).toMatchObject({
      level: "problem",
      found: "s3://missing/chat/ can't be written to: The store answered with status 404, NoSuchBucket",
      fix: expect.stringContaining("VOUCH_ATTACHMENTS"),
    });
    const secret = "not-the-secret-of-this-store";
    const [closed] = await said(env("attachments", { AWS_SECRET_ACCESS_KEY: secret }));
    expect(closed?.found).toMatch(/can't be written to: .*403, SignatureDoesNotMatch/);
    expect(JSON.stringify(closed)).not.toContain(secret);
  });

  it.each([
    ["read", "GET"],
    ["removed from", "DELETE"],
  ])("one that can't be %s is a problem", async (what, method) => {
    const { env, running } = await startStore();
    running.fail(403, method);
    expect(await said(env())).toEqual([
      expect.objectContaining({ level: "problem", found: expect.stringContaining(`can't be ${what}: `) }),
    ]);
  });

  it("what was put there does not stay where it can't be read", async () => {
    const { env, running, objects } = await startStore();
    running.fail(403, "GET");
    await said(env());
    expect(objects().filter((name) => /[0-9a-f-]{36}/.test(name))).toEqual([]);
  });

  it("a store that nobody runs is a problem", async () => {
    const { env } = await startStore();
    const VOUCH_ATTACHMENTS = "s3://attachments?endpoint=http://127.0.0.1:9";
    const [gone] = await said(env("attachments", { VOUCH_ATTACHMENTS }));
    expect(gone).toMatchObject({
      level: "problem",
      found: expect.stringMatching(/written to: .*(port|CONN)/),
    });
  });

  it("what can't be read of the environment is said of that alone", async () => {
    const { all, text } = await findings(site(), { ...ready, VOUCH_ATTACHMENTS: "ftp://x" });
    expect(text).toMatch(/^problem VOUCH_ATTACHMENTS: /m);
    expect(all.filter(({ subject }) => subject === "attachments")).toEqual([]);
  });

  it("the directory, which may be missing and may not be a file", async () => {
    const data = newDirectory();
    const path = join(data, "attachments");
    mkdirSync(data, { mode: 0o700 });
    const env = { ...ready, VOUCH_DATA_DIR: data };
    const levelAndWords = async () => (await said(env)).map(({ level, found }) => [level, found]);
    expect(await levelAndWords()).toEqual([["fine", `${path} will be made`]]);
    writeFileSync(path, "");
    expect(await levelAndWords()).toEqual([["problem", `${path} is a file`]]);
  });
});
