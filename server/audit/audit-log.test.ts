import { expect, test } from "vitest";
import { createLog } from "../observability/log.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import { createAuditLog } from "./audit-log.ts";

const entry = (detail: string) => ({
  actor: "server",
  action: "jwks.unavailable",
  target: "community/acme",
  detail,
});
const silent = createLog("silent", { write() {} });

test("notes are kept in their order, with the time, and pages go back through them", async () => {
  const store = await openSqliteStore(":memory:");
  const audit = createAuditLog(store, { now: () => 1234 }, silent);
  for (const detail of ["one", "two", "three"]) audit.note(entry(detail));
  await store.appendAudit(entry("four"), 1234);
  const newest = await audit.page({ limit: 2 });
  expect(newest).toMatchObject({
    intact: true,
    entries: [{ detail: "four" }, { detail: "three", at: 1234 }],
  });
  const older = await audit.page({ before: newest.entries[1]?.position ?? 0, limit: 2 });
  expect(older).toMatchObject({ intact: true, entries: [{ detail: "two" }, { detail: "one" }] });
});

test("a page that does not follow the entry before it is not intact", async () => {
  const store = await openSqliteStore(":memory:");
  for (const detail of ["one", "two", "three"]) await store.appendAudit(entry(detail), 1);
  const forged = {
    ...store,
    auditEntries: async (query: Parameters<typeof store.auditEntries>[0]) =>
      (await store.auditEntries(query)).map((found) =>
        found.position === 1 ? { ...found, detail: "changed" } : found,
      ),
  };
  expect((await createAuditLog(forged, { now: () => 1 }, silent).page({ limit: 2 })).intact).toBe(false);
});

test("a note that can't be kept is logged, and nobody is told otherwise", async () => {
  const store = await openSqliteStore(":memory:");
  await store.close();
  const logged = new Promise<string>((resolve) => {
    const log = createLog("error", { write: resolve });
    createAuditLog(store, { now: () => 1 }, log).note(entry("lost"));
  });
  expect(JSON.parse(await logged)).toMatchObject({ event: "audit_failed", detail: "lost" });
});
