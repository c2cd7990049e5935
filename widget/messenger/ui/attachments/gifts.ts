import type { View } from "../view.ts";

/** Files that are pasted into the messenger, or dropped anywhere on it, while there is somewhere to put them. */
export function takeGifts({ model }: Pick<View, "model">, add: (files: readonly File[]) => void): void {
  const isOpen = (): boolean => model.session.peek().kind === "open";
  const mark = (isOver: boolean): void => {
    document.documentElement.toggleAttribute("data-dropping", isOver);
  };

  addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    // Office programs put a picture of the text beside it: the text is what was meant.
    if (!isOpen() || files.length === 0 || event.clipboardData?.types.includes("text/plain")) return;
    event.preventDefault();
    add(files);
  });
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    // Without this the browser would leave the page for the file.
    event.preventDefault();
    event.dataTransfer.dropEffect = isOpen() ? "copy" : "none";
    mark(isOpen());
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) mark(false);
  });
  addEventListener("drop", (event) => {
    mark(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    if (isOpen()) add(files);
  });
}
