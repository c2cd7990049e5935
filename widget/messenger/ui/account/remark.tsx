import type { View } from "../view.ts";
import { openDialog } from "./dialog.tsx";

/** One line about the last sign-in, until the customer has read it. */
export function showRemark(view: View): void {
  const { model } = view;
  // The file may have been long on the way.
  if (!model.panelOpen.peek()) return;
  openDialog({
    view,
    role: "alertdialog",
    isCurrent: () => model.remark.value !== null,
    cancelled: () => model.understood(),
    content: ({ say }) => {
      const remark = model.remark.peek();
      return (
        <div class="sheet">
          <p id="dialog-title">{remark && say(remark)}</p>
          <div class="choices">
            <button type="button" class="button accent" onClick={() => model.understood()}>
              {say("understood")}
            </button>
          </div>
        </div>
      );
    },
  });
}
