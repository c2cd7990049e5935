import type { View } from "../view.ts";

/** The shape of a conversation until there is one. */
export const Skeleton = ({ view: { language } }: { readonly view: View }) => (
  <div class="skeleton" role="status">
    <span class="hidden">{language.value.say("opening")}</span>
    <i class="ghost" />
    <i class="ghost wide" />
    <i class="ghost mine" />
    <i class="ghost" />
  </div>
);
