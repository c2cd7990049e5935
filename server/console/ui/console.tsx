import type { Clock } from "../../../shared/clock.ts";
import type { AccessControl } from "../sign-in/access.ts";
import { DeskView } from "./desk-view.tsx";
import { SignInForm } from "./sign-in-form.tsx";

export function Console({ control, clock }: { readonly control: AccessControl; readonly clock: Clock }) {
  const access = control.access.value;
  return access.kind === "signedOut" ? (
    <SignInForm problem={access.problem} onToken={control.signIn} />
  ) : (
    <DeskView desk={access.desk} clock={clock} onSignOut={() => control.signOut()} />
  );
}
