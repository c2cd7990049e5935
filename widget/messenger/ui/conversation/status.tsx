import type { Language } from "../../locales/language.ts";
import type { OwnStatus } from "../../model/messenger-model.ts";
import { CheckIcon, ClockIcon, DoubleCheckIcon, WarningIcon } from "../icons.tsx";

const icons: Readonly<Record<OwnStatus, () => preact.JSX.Element>> = {
  sending: ClockIcon,
  sent: CheckIcon,
  delivered: DoubleCheckIcon,
  read: DoubleCheckIcon,
  failed: WarningIcon,
};

interface StatusProps {
  readonly status: OwnStatus;
  readonly language: Language;
}

/** How far an own message came, in a sign and a word. */
export function Status({ status, language }: StatusProps) {
  const Icon = icons[status];
  return (
    <span class={`status ${status}`}>
      <Icon /> {language.say(status)}
    </span>
  );
}
