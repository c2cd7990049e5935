import type { ErrorCode } from "../../../../shared/problems.ts";
import { drawn } from "../drawn.ts";
import { focusHome } from "../focus.ts";
import { closeIcon } from "../icons.tsx";
import type { FilesView } from "./attachments.tsx";
import { fileIcon } from "./files.tsx";
import type { Upload } from "./uploads.ts";

/** What will go with the next message, above the field. */
export const Tray = drawn<{ readonly view: FilesView }>(({ view }) => {
  const all = view.uploads.all.value;
  if (all.length === 0) return null;
  return (
    <ul class="tray" aria-label={view.language.value.say("attached")}>
      {all.map((upload) => (
        <Chosen key={upload.key} view={view} upload={upload} />
      ))}
    </ul>
  );
});

const Chosen = drawn<{ readonly view: FilesView; readonly upload: Upload }>(({ view, upload }) => {
  const { uploads, language, model } = view;
  const { say } = language.value;
  const { key, name, preview, state } = upload;
  const megabytes = String(Math.floor(model.deployment.limits.attachmentBytes / 2 ** 20));
  const act = (action: (key: number) => void) => () => {
    focusHome();
    action(key);
  };
  return (
    <li data-state={state.kind}>
      {preview ? <img src={preview} alt="" /> : fileIcon()}
      <span class="about">
        <span class="name" dir="auto">
          {name}
        </span>
        {(state.kind === "sending" || state.kind === "waiting") && <Progress view={view} upload={upload} />}
        {state.kind === "failed" && (
          <span class="line why" role="status">
            {say(reasonOf(state.code), { megabytes })}
            {state.retryable && (
              <button type="button" class="link" onClick={act(uploads.retry)}>
                {say("retry")}
              </button>
            )}
          </span>
        )}
      </span>
      <button
        type="button"
        class="round"
        aria-label={say(state.kind === "ready" || state.kind === "failed" ? "remove" : "cancel", { name })}
        onClick={act(uploads.remove)}
      >
        {closeIcon()}
      </button>
    </li>
  );
});

const Progress = drawn<{ readonly view: FilesView; readonly upload: Upload }>(
  ({ view: { language }, upload: { name, state } }) => {
    const { say } = language.value;
    const part = state.kind === "sending" ? state.progress : 0;
    const percent = Math.round(part * 100);
    const text = percent === 100 ? say("checking") : say("percent", { percent: String(percent) });
    return (
      <span
        class="progress"
        role="progressbar"
        aria-label={say("uploading", { name })}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={text}
      >
        <i style={{ width: `${percent}%` }} />
      </span>
    );
  },
);

/** What a code means to the customer. */
function reasonOf(code: ErrorCode) {
  if (code === "too_large") return "fileTooLarge";
  if (code === "attachment_refused") return "fileRefused";
  if (code === "rate_limited") return "filesTooMany";
  if (code === "network") return "fileNetwork";
  return "fileFailed";
}
