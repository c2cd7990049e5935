import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface NoticeProps {
  readonly title: string;
  readonly text: string;
  /** What the customer can do about it. */
  readonly children?: ComponentChildren;
}

/** Stands where the conversation would. Takes the focus, so that screen readers begin here. */
export function Notice({ title, text, children }: NoticeProps) {
  const id = useId();
  return (
    <section
      class="notice"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      tabIndex={-1}
      data-home
    >
      <h2 id={`${id}-title`}>{title}</h2>
      <p id={`${id}-text`}>{text}</p>
      {children}
    </section>
  );
}
