import { drawn } from "../drawn.ts";
import { focusHome } from "../focus.ts";
import { icon } from "../icons.tsx";
import type { FilesView } from "./attachments.tsx";

const clipIcon = icon(
  "M15.5 9.5l-5.6 5.6a3.4 3.4 0 0 1-4.9-4.9l6-6a2.3 2.3 0 0 1 3.3 3.3l-6 5.9a1.2 1.2 0 0 1-1.6-1.6l5.3-5.3",
);

/** Opens the device's own choice of files. */
export const Attach = drawn<{ readonly view: FilesView }>(({ view: { model, language, uploads } }) => {
  const { say } = language.value;
  const isFull = uploads.all.value.length >= model.deployment.limits.attachmentsPerMessage;
  return (
    <>
      <button
        type="button"
        class="round attach"
        aria-label={say("attach")}
        disabled={isFull || model.session.value.kind !== "open"}
        onClick={({ currentTarget }) => (currentTarget.nextElementSibling as HTMLInputElement).click()}
      >
        {clipIcon()}
      </button>
      <input
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          uploads.add([...(currentTarget.files ?? [])]);
          // The same file may be chosen again.
          currentTarget.value = "";
          focusHome();
        }}
      />
    </>
  );
});
