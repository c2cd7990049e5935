import type { ReadonlySignal } from "@preact/signals";
import type { Clock } from "../../../shared/clock.ts";
import type { Appearance } from "../../../shared/protocol.ts";
import type { Language } from "../locales/language.ts";
import type { MessengerModel } from "../model/messenger-model.ts";

/** What every part of the interface is given. */
export interface View {
  readonly model: MessengerModel;
  readonly appearance: ReadonlySignal<Appearance>;
  readonly language: ReadonlySignal<Language>;
  /** Whether the document is on the screen: the tab in front, the window not minimized. */
  readonly visible: ReadonlySignal<boolean>;
  readonly clock: Clock;
}
