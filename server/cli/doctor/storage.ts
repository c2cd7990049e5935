import { constants } from "node:fs";
import { access, readdir, stat, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Finding, fine, problem, warning } from "./finding.ts";

const minFreeBytes = 1024 ** 3;
const leastFreeBytes = 100 * 1024 ** 2;
/** Read and write for others than the owner. */
const foreignBits = 0o077;

/** The data directory: conversations, keys and secrets are in it. */
export async function examineStorage(path: string): Promise<readonly Finding[]> {
  const directory = await stat(path).catch(() => null);
  if (directory && !directory.isDirectory())
    return [problem("VOUCH_DATA_DIR", `${path} is a file`, "Name a directory.")];
  const place = directory ? path : await existingParent(path);
  const findings = [
    (await isWritable(place))
      ? fine("VOUCH_DATA_DIR", directory ? `${path} is writable` : `${path} will be made`)
      : problem("VOUCH_DATA_DIR", `${place} is not writable`, "Let the server's user own it."),
    await examineSpace(place),
  ];
  return directory ? [...findings, await examinePermissions(path, directory.mode)] : findings;
}

async function existingParent(path: string): Promise<string> {
  const parent = dirname(resolve(path));
  return (await stat(parent).catch(() => null)) || parent === dirname(parent)
    ? parent
    : existingParent(parent);
}

export const isWritable = (path: string): Promise<boolean> =>
  access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );

async function examineSpace(path: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  const found = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  const fix = "Give the data directory a volume with more room: a full disk stops every conversation.";
  if (free < leastFreeBytes) return problem("disk", found, fix);
  return free < minFreeBytes ? warning("disk", found, fix) : fine("disk", found);
}

/** Files in a directory that is closed to others are closed as well. */
async function examinePermissions(path: string, mode: number): Promise<Finding> {
  const subject = "data permissions";
  if ((mode & foreignBits) === 0) return fine(subject, "for the owner only");
  const names = await readdir(path).catch(() => []);
  for (const name of names) {
    const file = await stat(join(path, name)).catch(() => null);
    if (file?.isFile() && (file.mode & foreignBits) !== 0)
      return problem(subject, `other users may open ${join(path, name)}`, `chmod 700 ${path}`);
  }
  return warning(subject, `other users may look into ${path}`, `chmod 700 ${path}`);
}
