/**
 * What takes files from the customer and shows those of messages. It is loaded after what stands beside the conversation:
 * whoever writes needs none of it.
 */

import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { ComponentChild } from "preact";
import type { MessageFault } from "../../../../shared/message.ts";
import type { Attachment } from "../../../../shared/protocol.ts";
import { attachmentTexts } from "../../locales/en.attachments.ts";
import { createLanguage, type Language } from "../../locales/language.ts";
import { onOtherHolder } from "../../model/other-holder.ts";
import { sendFile } from "../../transport/send-file.ts";
import { adoptStyles } from "../adopt-styles.ts";
import type { View } from "../view.ts";
import { Attach } from "./attach.tsx";
import styles from "./attachments.css?inline";
import { createDownloads, type Downloads } from "./downloads.ts";
import { Files } from "./files.tsx";
import { takeGifts } from "./gifts.ts";
import { Tray } from "./tray.tsx";
import { createUploads, type Uploads } from "./uploads.ts";

/** The view, with the texts and the files of this part. */
export interface FilesView extends View {
  readonly language: ReadonlySignal<Language<typeof attachmentTexts>>;
  readonly uploads: Uploads;
  readonly downloads: Downloads;
}

export interface FilesInterface {
  /** Stands in front of the field: what has been chosen, and the way to choose. */
  compose(): ComponentChild;
  /** Stands below the text of a message. */
  show(attachments: readonly Attachment[]): ComponentChild;
  /** Whether there is something to send: a text without this fault, or files, none of them on its way. */
  allows(fault: MessageFault | null): boolean;
  /** What has been uploaded goes with the message; the tray is empty then. */
  take(): readonly Attachment[] | undefined;
}

export function createFiles(view: View): FilesInterface {
  adoptStyles(styles);
  const { model } = view;
  const language = computed(() => createLanguage(view.languageChoice.value, attachmentTexts));
  const uploads = createUploads({
    limits: model.deployment.limits,
    send(file, told) {
      const body = new FormData();
      body.append("file", file);
      return sendFile({ body, sessionToken: model.token() }, told);
    },
    addressOf: (file) => URL.createObjectURL(file),
    forgetAddress: (address) => URL.revokeObjectURL(address),
  });
  const downloads = createDownloads(model.token);

  // As with the elements of a conversation: whoever comes next finds nothing of it, in memory or on the screen.
  onOtherHolder(model.session, () => {
    uploads.clear();
    downloads.clear();
  });
  takeGifts(view, uploads.add);
  const own: FilesView = { ...view, language, uploads, downloads };
  return {
    compose: () => (
      <>
        <Tray view={own} />
        <Attach view={own} />
      </>
    ),
    show: (attachments) => <Files view={own} attachments={attachments} />,
    allows(fault) {
      const { length } = uploads.all.value;
      const isReady = uploads.all.value.every(({ state }) => state.kind === "ready");
      return isReady && (!fault || (fault === "message_empty" && length > 0));
    },
    take: uploads.take,
  };
}
