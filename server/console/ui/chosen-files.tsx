import type { Attaching, Chosen } from "../model/attaching.ts";
import { sizeOf } from "./files.tsx";
import { ClipIcon } from "./icons.tsx";

/** Files for the next reply, above the field, and the way to choose them. */
export function ChosenFiles({
  chosen,
  attaching,
}: {
  readonly chosen: readonly Chosen[];
  readonly attaching: Attaching;
}) {
  if (chosen.length === 0) return null;
  return (
    <ul class="chosen" aria-label="Attached files">
      {chosen.map(({ key, file, state }) => (
        <li key={key}>
          <span class="ellipsis">{file.name}</span>
          {state.kind === "sending" && (
            <progress aria-label={`Uploading ${file.name}`} value={state.progress} max={1} />
          )}
          {state.kind === "ready" && <span class="fine">{sizeOf(state.attachment.size)}</span>}
          {state.kind === "failed" && (
            <span class="problem" role="alert">
              {state.reason}{" "}
              <button type="button" onClick={() => attaching.retry(key)}>
                Try again
              </button>
            </span>
          )}
          <button type="button" onClick={() => attaching.remove(key)}>
            {state.kind === "sending" ? "Cancel" : "Remove"}
            <span class="hidden"> {file.name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

export function AttachButton({ add }: { readonly add: (files: readonly File[]) => void }) {
  return (
    <label class="attach icon-button">
      <ClipIcon />
      <span class="hidden">Attach files</span>
      <input
        class="hidden"
        type="file"
        multiple
        onChange={({ currentTarget }) => {
          add([...(currentTarget.files ?? [])]);
          // The same file may be chosen again.
          currentTarget.value = "";
        }}
      />
    </label>
  );
}
