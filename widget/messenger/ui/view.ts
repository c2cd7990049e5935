import type { ReadonlySignal } from "@preact/signals-core";
import type { Clock } from "../../../shared/clock.ts";
import type { Appearance } from "../../../shared/protocol.ts";
import type { Language, LanguageChoice } from "../locales/language.ts";
import type { MessengerModel } from "../model/messenger-model.ts";
import type { Beside } from "./beside/beside.ts";

/** What every part of the interface is given. */
export interface View {
  readonly model: MessengerModel;
  readonly appearance: ReadonlySignal<Appearance>;
  readonly languageChoice: ReadonlySignal<LanguageChoice>;
  readonly language: ReadonlySignal<Language>;
  /** What stands beside the messages; null until it is loaded. */
  readonly beside: ReadonlySignal<Beside | null>;
  /** Whether the document is on the screen: the tab in front, the window not minimized. */
  readonly visible: ReadonlySignal<boolean>;
  readonly clock: Clock;
}
