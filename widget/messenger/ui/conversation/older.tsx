import type { Language } from "../../locales/language.ts";

interface OlderProps {
  readonly loading: boolean;
  readonly language: Language;
}

/** Above the oldest message here while there are older ones. Keeps its height, so that nothing moves when loading begins. */
export const Older = ({ loading, language }: OlderProps) => (
  <p class="older">
    {loading && (
      <>
        <i class="spinner" />
        {language.say("loadingOlder")}
      </>
    )}
  </p>
);
