/**
 * What stands beside the messages: who is writing, what is wrong and what helps, what a screen reader is told. Nobody needs
 * it to read and to write, so it is loaded right after those can be done, and before anything can go wrong that it tells of.
 */

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { insist } from "../../insist.ts";
import { besideTexts } from "../../locales/en.beside.ts";
import { createLanguage, type Language } from "../../locales/language.ts";
import { adoptStyles } from "../adopt-styles.ts";
import type { FilesInterface } from "../attachments/attachments.tsx";
import type { View } from "../view.ts";
import { Account } from "./account.tsx";
import { Announcer } from "./announcer.tsx";
import { Banner } from "./banner.tsx";
import styles from "./beside.css?inline";
import { Failure } from "./failure.tsx";
import { sending } from "./hindrance.ts";
import { Jump } from "./jump.tsx";
import { Notice } from "./notice.tsx";
import { Room } from "./room.tsx";
import { Standing } from "./standing.tsx";
import { Typing } from "./typing.tsx";
import { Welcome } from "./welcome.tsx";

export type BesideLanguage = Language<typeof besideTexts>;

/** The view, with the texts of this part. */
export interface BesideView extends View {
  readonly language: ReadonlySignal<BesideLanguage>;
}

export interface Beside {
  readonly view: BesideView;
  /** What takes and shows attachments: null until it is loaded, or where the deployment takes none. */
  readonly files: ReadonlySignal<FilesInterface | null>;
  readonly Account: typeof Account;
  readonly Announcer: typeof Announcer;
  readonly Banner: typeof Banner;
  readonly Failure: typeof Failure;
  readonly Jump: typeof Jump;
  readonly Notice: typeof Notice;
  readonly Room: typeof Room;
  readonly Standing: typeof Standing;
  readonly Typing: typeof Typing;
  readonly Welcome: typeof Welcome;
  readonly sending: typeof sending;
}

export function createBeside(view: View): Beside {
  adoptStyles(styles);
  const language = computed(() => createLanguage(view.languageChoice.value, besideTexts));
  const files = signal<FilesInterface | null>(null);
  // While the network fails, what can't be uploaded need not be chosen.
  if (view.model.deployment.limits.attachmentsPerMessage)
    insist(() => import("../attachments/attachments.tsx")).then(({ createFiles }) => {
      files.value = createFiles(view);
    });
  return {
    view: { ...view, language },
    files,
    Account,
    Announcer,
    Banner,
    Failure,
    Jump,
    Notice,
    Room,
    Standing,
    Typing,
    Welcome,
    sending,
  };
}
