import { timestamp } from "../../../shared/clock.ts";
import type { AuditDraft } from "../../audit/audit-log.ts";
import { quote } from "../header.ts";
import type { SetKey } from "./read-set.ts";
import { type SetState, servesUntil } from "./set-state.ts";

type Keys = ReadonlyMap<string, SetKey>;

/** What the audit log is told when a set goes from one state to the next. */
export function setEvents(url: string, before: SetState, after: SetState): readonly AuditDraft[] {
  const drafts: AuditDraft[] = [];
  const note = (action: string, detail: string) =>
    drafts.push({ actor: "server", action: `jwks.${action}`, target: `jwks/${withoutQuery(url)}`, detail });
  const [old, present] = [keysOf(before), keysOf(after)];

  if (after.kind === "failing") {
    if (before.kind !== "failing") note("unavailable", `${after.reason} ${prospect(after)}`);
    if (old.size > 0 && present.size === 0)
      note(
        "keys_expired",
        `The set has been unavailable for 24 hours: ${list(old)} no longer verify tokens.`,
      );
    return drafts;
  }
  if (before.kind === "failing")
    note("available", `The set is available again, after an outage since ${timestamp(before.since)}.`);
  const added = missingFrom(old, present);
  const removed = missingFrom(present, old);
  if (added.size > 0) note("keys_added", `Tokens are verified by ${list(added)}.`);
  if (removed.size > 0) note("keys_removed", `Tokens are no longer verified by ${list(removed)}.`);
  return drafts;
}

const keysOf = ({ known }: SetState): Keys => known?.keys ?? new Map();

/** The keys of `all` that `part` does not have; another key under the same `kid` is another key. */
const missingFrom = (part: Keys, all: Keys): Keys =>
  new Map([...all].filter(([kid, { fingerprint }]) => part.get(kid)?.fingerprint !== fingerprint));

const prospect = ({ known }: SetState): string =>
  known !== null && known.keys.size > 0
    ? `The known keys serve until ${timestamp(servesUntil(known))}.`
    : "No key of it is known.";

const maxListed = 10;

function list(keys: Keys): string {
  const named = [...keys.keys()].slice(0, maxListed).map(quote).join(", ");
  return keys.size > maxListed ? `${named} and ${keys.size - maxListed} more` : named;
}

/** Some services put a secret into the query. */
function withoutQuery(text: string): string {
  const url = URL.parse(text);
  return url ? `${url.origin}${url.pathname}` : "(no address)";
}
