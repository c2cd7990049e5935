import type { Language } from "../../locales/language.ts";

/** A conversation that has not begun. */
export const Empty = ({ language: { say } }: { readonly language: Language }) => (
  <div class="notice">
    <h2>{say("emptyTitle")}</h2>
    <p>{say("emptyText")}</p>
  </div>
);
