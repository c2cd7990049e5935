import { effect, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { View } from "../view.ts";
import { createNews } from "./news.ts";

/**
 * The one live region of the messenger; the log's own is off, so that nothing is said twice. It goes with the conversation:
 * after a logout no word of it is left.
 */
export function Announcer({ view: { model, language, visible } }: { readonly view: View }) {
  const text = useMemo(() => signal(""), []);
  useEffect(() => {
    const news = createNews(model);
    return effect(() => {
      const latest = news(language.value);
      if (latest && model.panelOpen.peek() && visible.peek()) text.value = latest;
    });
  }, []);
  return (
    <div class="hidden" role="status">
      {text}
    </div>
  );
}
