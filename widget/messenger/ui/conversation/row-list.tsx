import type { View } from "../view.ts";
import { MessageRow } from "./message-row.tsx";
import type { Row } from "./rows.ts";

interface RowListProps {
  readonly view: View;
  readonly rows: readonly Row[];
}

export function RowList({ view: { model, language, today }, rows }: RowListProps) {
  const draw = (row: Row) => {
    switch (row.kind) {
      case "day":
        return (
          <p key={row.key} class="day">
            {language.value.day(row.at, today.value)}
          </p>
        );
      case "divider":
        return (
          <p key={row.key} class="divider">
            {language.value.say("new")}
          </p>
        );
      case "entry":
        return <MessageRow key={row.key} row={row} language={language.value} model={model} />;
    }
  };
  return <>{rows.map(draw)}</>;
}
