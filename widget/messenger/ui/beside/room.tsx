import { codePoints, messageFault } from "../../../../shared/message.ts";
import { mostWaiting } from "../../outbox/courier.ts";
import { drawn } from "../drawn.ts";
import type { BesideView } from "./beside.ts";

/** The last part of the limit, in which the customer is told how much is left. */
const near = 0.1;

/** How much room is left for what is being written; describes the field. */
export const Room = drawn<{ readonly view: BesideView }>(({ view: { model, language } }) => {
  const { say } = language.value;
  const { limits } = model.deployment;
  const text = model.draft.value;
  const waiting = model.thread.value.entries.filter(({ kind }) => kind === "pending");
  const left = limits.messageCharacters - codePoints(text);
  return (
    <>
      <p id="room" class="count">
        {left <= limits.messageCharacters * near && say("charactersLeft", { count: left })}
      </p>
      <p class="count over" role="status">
        {messageFault(text, limits) === "message_too_long"
          ? say("problem.tooLong")
          : waiting.length >= mostWaiting && say("outboxFull")}
      </p>
    </>
  );
});
