import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { open, openFor, opening, signed, token } from "../contract/fixtures.ts";
import { describePostgres } from "./testing/test-database.ts";

/** What `docs/keeping-data.md` tells whoever restored a dump to run. */
function closingThePast(): string {
  const guide = readFileSync(join(import.meta.dirname, "../../../docs/keeping-data.md"), "utf8");
  const [, statements] = /```sql\n(.*?)```/s.exec(guide) ?? [];
  if (!statements) throw new Error("The guide has no SQL.");
  return statements;
}

await describePostgres("A restored dump", (database) => {
  it("lets no session and no token of before in, once the past is closed as the guide says", async () => {
    const store = await database.openEmpty();
    const ada = await openFor(store, "ada");
    for (let times = 0; times < 2; times++) await database.query(closingThePast());
    const seconds = Math.floor(Date.now() / 1000);
    const issued = (identity: string, issuedAtSeconds: number) =>
      opening(signed(identity), {
        identityToken: token(`${identity} ${issuedAtSeconds}`, { issuedAtSeconds }),
      });
    expect(await store.liveAmong([ada.session.id])).toEqual([]);
    for (const identity of ["ada", "bob"]) {
      expect(await store.openSession(issued(identity, seconds - 60))).toEqual({
        ok: false,
        code: "token_revoked",
      });
      await open(store, issued(identity, seconds + 60));
    }
    await store.close();
  });
});
