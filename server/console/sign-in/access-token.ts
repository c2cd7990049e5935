/**
 * Where the desk's access token comes from and where it stays: typed into the form, or carried in the link's fragment,
 * which browsers send to no server. It is kept for this tab only (`sessionStorage`) and never again in an address.
 */

const storageKey = "vouch.console.token";

type Place = Pick<Location, "hash" | "pathname" | "search">;
type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * The token of `#token=…`, else the kept one, else null. A token in the fragment is taken out of the address (and so out
 * of the tab's history) before anything else happens; the fragment's other parameters stay.
 */
export function takeToken(place: Place, history: Pick<History, "replaceState">, kept: Kept): string | null {
  const parameters = new URLSearchParams(place.hash.slice(1));
  const carried = parameters.get("token")?.trim();
  if (parameters.has("token")) {
    parameters.delete("token");
    const rest = parameters.toString();
    history.replaceState(null, "", place.pathname + place.search + (rest && `#${rest}`));
  }
  if (!carried) return kept.getItem(storageKey);
  kept.setItem(storageKey, carried);
  return carried;
}

export const keepToken = (token: string, kept: Kept): void => kept.setItem(storageKey, token);

export const forgetToken = (kept: Kept): void => kept.removeItem(storageKey);
