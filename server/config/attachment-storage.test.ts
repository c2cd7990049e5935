import { describe, expect, it } from "vitest";
import { readAttachmentStorage } from "./attachment-storage.ts";
import type { ConfigurationFault } from "./configuration-error.ts";

const credentials = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };

function read(env: NodeJS.ProcessEnv) {
  const faults: ConfigurationFault[] = [];
  const storage = readAttachmentStorage(env, (fault) => faults.push(fault));
  return { storage, faults: faults.map(({ path }) => path) };
}

describe("VOUCH_ATTACHMENTS", () => {
  it("absent or empty is the data directory", () => {
    for (const env of [{}, { VOUCH_ATTACHMENTS: "" }])
      expect(read(env)).toEqual({ storage: { kind: "disk" }, faults: [] });
  });

  it.each([
    ["s3://files", { bucket: "files", prefix: "", endpoint: null, region: "us-east-1" }],
    ["s3://files/", { bucket: "files", prefix: "" }],
    ["s3://files/chat/eu?region=eu-central-1", { prefix: "chat/eu/", region: "eu-central-1" }],
    [
      "s3://files/chat/?endpoint=http://127.0.0.1:9000",
      { prefix: "chat/", endpoint: "http://127.0.0.1:9000" },
    ],
    ["s3://my.files?endpoint=https%3A%2F%2Fs3.acme.example/", { endpoint: "https://s3.acme.example" }],
  ])("%s is a bucket", (VOUCH_ATTACHMENTS, settings) => {
    expect(read({ VOUCH_ATTACHMENTS, ...credentials })).toMatchObject({
      storage: { kind: "s3", settings: { accessKeyId: "id", secretAccessKey: "secret", ...settings } },
      faults: [],
    });
  });

  it("takes region and temporary credentials as every S3 client does", () => {
    const env = {
      VOUCH_ATTACHMENTS: "s3://files",
      ...credentials,
      AWS_REGION: "eu-west-1",
      AWS_SESSION_TOKEN: "t",
    };
    expect(read(env)).toMatchObject({ storage: { settings: { region: "eu-west-1", sessionToken: "t" } } });
  });

  it.each([
    "files",
    "https://files",
    "s3://",
    "s3://F",
    "s3://id:secret@files",
    "s3://files:9000",
    "s3://files/a b",
    "s3://files/../x%2f",
    "s3://files?endpoint=ftp://x",
    "s3://files?endpoint=https://x/path",
    "s3://files?secret=x",
    "s3://files#x",
  ])("%s is a fault", (VOUCH_ATTACHMENTS) => {
    expect(read({ VOUCH_ATTACHMENTS, ...credentials }).faults).toEqual(["VOUCH_ATTACHMENTS"]);
  });

  it("needs the credentials, and says which are missing", () => {
    const { faults } = read({ VOUCH_ATTACHMENTS: "s3://files" });
    expect(faults).toEqual(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
  });
});
