import { drawn } from "../drawn.ts";
import type { BesideView } from "./beside.ts";

/** Whether somebody is there to answer. Nothing where it is not known: before the first word of the server, and without a connection. */
export const Attendance = drawn<{ readonly view: BesideView }>(({ view: { model, language } }) => {
  const { online } = model.desk.value;
  if (online === undefined || model.link.value.kind !== "live") return null;
  return (
    <p class={`line attendance ${online ? "online" : ""}`}>
      {language.value.say(online ? "online" : "away")}
    </p>
  );
});
