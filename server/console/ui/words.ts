/** How the desk names people, fields and times. Pure. */

import type { AgentConversation, Contact } from "../../../shared/protocol.ts";

/** The signed name, else the identity, else something short that tells visitors apart. */
export const nameOf = (contact: Contact): string =>
  contact.name ??
  (contact.verified ? identityOf(contact.platformKey).identity : `Visitor ${shortId(contact.id)}`);

export const shortId = (id: string): string => id.slice(-4);

export interface PlatformIdentity {
  readonly community: string;
  /** What vouched for the identity; null for a visitor. */
  readonly source: string | null;
  readonly identity: string;
}

/** Takes a platform key apart: `v1/{community}/AUTH/{authId}/uid:{identity}`, `v1/{community}/ANON/uid:{id}`. */
export function identityOf(platformKey: string): PlatformIdentity {
  const match = /^v1\/([^/]+)\/(?:AUTH\/(.+?)|ANON)\/uid:(.*)$/s.exec(platformKey);
  return { community: match?.[1] ?? "", source: match?.[2] ?? null, identity: match?.[3] ?? platformKey };
}

const labels: Readonly<Record<string, string>> = {
  mailing_address: "Address",
  zip_address: "Postal code",
  sms: "SMS",
  email: "Email",
};

/** `email` → Email, `custom.plan` → Plan. */
export function labelOf(field: string): string {
  const name = field.replace(/^custom\./, "");
  return labels[name] ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
}

const wantedFirst = [
  "name",
  "email",
  "phone",
  "sms",
  "company",
  "title",
  "alias",
  "mailing_address",
  "zip_address",
];

/** Who it is and how to reach them first, custom fields last. */
export function rankOf(field: string): number {
  const rank = wantedFirst.indexOf(field);
  if (rank >= 0) return rank;
  return wantedFirst.length + (field.startsWith("custom.") ? 1 : 0);
}

export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}|^\p{N}/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? "")][0] ?? "",
  );
  return letters.join("").toLocaleUpperCase() || "?";
}

/** One of six hues, always the same for one contact. */
export const hueOf = (id: string): number => {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return sum % 6;
};

export function previewOf({ lastMessage }: AgentConversation): string {
  if (!lastMessage) return "No messages yet";
  const author = lastMessage.author.kind === "agent" ? "You: " : "";
  const said = lastMessage.text || lastMessage.attachments.map(({ name }) => name).join(", ");
  return author + said.replace(/\s+/g, " ").slice(0, 200);
}

const time = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat("en", { weekday: "short" });
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
const longDay = new Intl.DateTimeFormat("en", {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});
const full = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

export const timeOf = (at: string): string => time.format(new Date(at));
export const fullTimeOf = (at: string): string => full.format(new Date(at));
export const dayOf = (at: string): string => new Date(at).toDateString();

/** For a row of the list: 14:05 today, Tue this week, 3 Nov before. */
export function shortTimeOf(at: string, now: number): string {
  const then = new Date(at);
  if (then.toDateString() === new Date(now).toDateString()) return time.format(then);
  return now - then.getTime() < 6 * 86_400_000 ? weekday.format(then) : day.format(then);
}

export function dayLabelOf(at: string, now: number): string {
  const then = new Date(at).toDateString();
  if (then === new Date(now).toDateString()) return "Today";
  if (then === new Date(now - 86_400_000).toDateString()) return "Yesterday";
  return longDay.format(new Date(at));
}
