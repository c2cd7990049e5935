import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Desk } from "../model/desk.ts";
import type { Report } from "../model/report.ts";
import { DeskError } from "../transport/desk-error.ts";

/** Who sits at the desk. */
export type Access =
  | { readonly kind: "signedOut"; readonly problem: string | null }
  | { readonly kind: "signedIn"; readonly desk: Desk };

export interface AccessControl {
  readonly access: ReadonlySignal<Access>;
  signIn(token: string): void;
  signOut(problem?: string): void;
}

const wrongToken =
  "This token is not accepted. Use the administrator token (or an agent token) of this server.";
const wrongPlace = "The agent desk can't be used from this address. Open it on the server's own address.";

/** @param keep remembers the token for this tab; null forgets it */
export function createAccess(
  openDesk: (token: string, report: Report) => Desk,
  keep: (token: string | null) => void,
): AccessControl {
  const access = signal<Access>({ kind: "signedOut", problem: null });
  let leave = () => {};

  function signOut(problem?: string): void {
    leave();
    leave = () => {};
    keep(null);
    access.value = { kind: "signedOut", problem: problem ?? null };
  }

  function signIn(token: string): void {
    leave();
    keep(token);
    let here = true;
    const desk = openDesk(token, (error) => {
      if (here && error instanceof DeskError && error.refused) signOut(wrongToken);
      return error instanceof Error ? error.message : "Something went wrong.";
    });
    const stop = effect(() => {
      const link = desk.link.value;
      if (link.kind === "refused")
        queueMicrotask(() => here && signOut(link.because === "token" ? wrongToken : wrongPlace));
    });
    leave = () => {
      here = false;
      stop();
      desk.close();
    };
    access.value = { kind: "signedIn", desk };
  }

  return { access, signIn, signOut };
}
