import { insist } from "../../insist.ts";
import { drawn } from "../drawn.ts";
import { icon } from "../icons.tsx";
import type { BesideView } from "./beside.ts";

const devicesIcon = icon("M3 4h11v8H3zM1 15h9M13 8h5v9h-5z");

interface AccountProps {
  readonly view: BesideView;
  readonly verified: boolean;
}

/** For a customer the way to where they are signed in; for a visitor the way in, where there is one. */
export const Account = drawn<AccountProps>(({ view, verified }) => {
  const { model, language } = view;
  const { say } = language.value;
  if (verified)
    return (
      <button
        type="button"
        class="round"
        aria-label={say("sessions")}
        aria-haspopup="dialog"
        onClick={() =>
          insist(() => import("../account/sessions.tsx")).then(({ showSessions }) => showSessions(view))
        }
      >
        {devicesIcon()}
      </button>
    );
  return (
    model.canSignIn.value && (
      <button type="button" class="link" onClick={() => model.signIn()}>
        {say("signIn")}
      </button>
    )
  );
});
