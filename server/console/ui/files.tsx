import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Attachment } from "../../../shared/protocol.ts";
import type { AgentFiles } from "../transport/agent-files.ts";
import { FileIcon } from "./icons.tsx";

/** What a message carries: pictures to look at, all else by its name; a press saves either. */
export function Files(props: { readonly attachments: readonly Attachment[]; readonly files: AgentFiles }) {
  if (props.attachments.length === 0) return null;
  return (
    <ul class="files">
      {props.attachments.map((attachment) => (
        <FileItem key={attachment.id} attachment={attachment} files={props.files} />
      ))}
    </ul>
  );
}

/** One transparent pixel: the picture's place is kept while it comes. */
const nothing = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

function FileItem({ attachment, files }: { readonly attachment: Attachment; readonly files: AgentFiles }) {
  const { name, size, width, height } = attachment;
  const address = useSignal(nothing);
  const failed = useSignal(false);

  useEffect(() => {
    if (width)
      void files.thumbnail(attachment).then((found) => {
        if (found) address.value = found;
      });
  }, [attachment.id]);

  async function save(): Promise<void> {
    failed.value = !(await files.save(attachment));
  }

  return (
    <li>
      <button type="button" class={width ? "picture" : "file"} onClick={() => void save()}>
        {width ? (
          <img
            src={address.value}
            alt={name}
            style={{ width: `${shownWidth(width, height)}px`, aspectRatio: `${width}/${height}` }}
          />
        ) : (
          <>
            <FileIcon />
            <span class="ellipsis">{name}</span>
          </>
        )}
        <span class={width ? "hidden" : "fine"}>Save {sizeOf(size)}</span>
      </button>
      {failed.value && (
        <p class="problem" role="alert">
          The file can't be had now.
        </p>
      )}
    </li>
  );
}

/** In pixels: as large as it is, as far as it fits beside a text. */
const shownWidth = (width: number, height = width): number =>
  Math.round(width * Math.min(1, 320 / width, 320 / height));

/** `1.2 MB`. */
export function sizeOf(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"];
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 3);
  const rounded = bytes / 1000 ** step;
  return `${rounded.toLocaleString("en", { maximumFractionDigits: rounded < 10 ? 1 : 0 })} ${units[step]}`;
}
