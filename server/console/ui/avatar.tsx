import type { Contact } from "../../../shared/protocol.ts";
import { VerifiedIcon, VisitorIcon } from "./icons.tsx";
import { hueOf, initialsOf, nameOf } from "./words.ts";

/** Decoration: the name stands beside it. */
export function Avatar({ contact, large }: { readonly contact: Contact; readonly large?: true }) {
  return (
    <span class={`avatar hue-${hueOf(contact.id)} ${large ? "avatar-large" : ""}`} aria-hidden="true">
      {contact.verified || contact.name ? initialsOf(nameOf(contact)) : <VisitorIcon />}
    </span>
  );
}

export function VerifiedBadge({ verified }: { readonly verified: boolean }) {
  return verified ? (
    <span class="badge badge-verified">
      <VerifiedIcon />
      Verified
    </span>
  ) : (
    <span class="badge">
      <VisitorIcon />
      Not verified
    </span>
  );
}

/** The badge where there is room for its mark only. */
export function VerifiedMark() {
  return (
    <span class="verified-mark" title="Verified identity">
      <VerifiedIcon />
      <span class="hidden">verified</span>
    </span>
  );
}
