import { signal } from "@preact/signals-core";
import type { Attachment } from "../../../../shared/protocol.ts";
import { Drawn, drawn } from "../drawn.ts";
import { icon } from "../icons.tsx";
import type { FilesView } from "./attachments.tsx";

export const fileIcon = icon("M5 2h7l4 4v12H5zM12 2v4h4");

/** What a message carries: pictures to look at, all else by its name; a press saves either. */
export const Files = drawn<{
  readonly view: FilesView;
  readonly attachments: readonly Attachment[];
}>(({ view, attachments }) => (
  <ul class="files">
    {attachments.map((attachment) => (
      <File key={attachment.id} view={view} attachment={attachment} />
    ))}
  </ul>
));

interface FileProps {
  readonly view: FilesView;
  readonly attachment: Attachment;
}

/** One transparent pixel: the picture's place is kept while it comes. */
const nothing = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

class File extends Drawn<FileProps> {
  #address = signal(nothing);
  #saving = signal<"idle" | "failed">("idle");

  override componentDidMount(): void {
    const { view, attachment } = this.props;
    if (attachment.width)
      void view.downloads.thumbnail(attachment).then((address) => {
        if (address) this.#address.value = address;
      });
  }

  #save = async (): Promise<void> => {
    const { view, attachment } = this.props;
    this.#saving.value = (await view.downloads.save(attachment)) ? "idle" : "failed";
  };

  protected override draw({ view, attachment }: FileProps) {
    const { say } = view.language.value;
    const { name, size, width, height } = attachment;
    return (
      <li>
        <button type="button" class={width ? "picture" : "file"} onClick={this.#save}>
          {width ? (
            <img
              src={this.#address.value}
              alt={name}
              style={{ width: `${shownWidth(width, height)}px`, aspectRatio: `${width}/${height}` }}
            />
          ) : (
            fileIcon()
          )}
          <span class={width ? "hidden" : "about"}>
            {!width && (
              <span class="name" dir="auto">
                {name}
              </span>
            )}
            <span class="line">
              {say("save")} {sizeOf(size)}
            </span>
          </span>
        </button>
        {this.#saving.value === "failed" && (
          <p class="line why" role="status">
            {say("saveFailed")}
          </p>
        )}
      </li>
    );
  }
}

/** In pixels: as large as it is, as far as it fits beside a text. */
const shownWidth = (width: number, height = width): number =>
  Math.round(width * Math.min(1, 272 / width, 320 / height));

/** `1.2 MB`. */
function sizeOf(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"];
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 3);
  const rounded = bytes / 1000 ** step;
  return `${rounded.toLocaleString(undefined, { maximumFractionDigits: rounded < 10 ? 1 : 0 })} ${units[step]}`;
}
