/** Reads an event stream (HTML standard, section “Server-sent events”), as far as the companion speaks it. Pure. */

export type StreamEvent =
  | { readonly kind: "frame"; readonly text: string }
  /** What a WebSocket says with a close frame. */
  | { readonly kind: "close"; readonly text: string };

/** @returns to be given the text as it comes, in pieces of any size; answers with the events that are whole by then */
export function createEventReader(): (piece: string) => StreamEvent[] {
  let rest = "";
  return (piece) => {
    const blocks = (rest + piece).split("\n\n");
    rest = blocks.pop() ?? "";
    return blocks.flatMap(read);
  };
}

/** Lines end at line feeds alone: other separators of lines may stand in a message as they are. */
function read(block: string): StreamEvent[] {
  const [, name, text] = /^(?:event: (\w+)\n)?data: ([^\n]*)$/.exec(block) ?? [];
  if (text === undefined) return [];
  if (name === undefined) return [{ kind: "frame", text }];
  return name === "close" ? [{ kind: "close", text }] : [];
}
