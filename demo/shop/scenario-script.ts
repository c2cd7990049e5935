import { pageFile } from "./page-files.ts";
import type { Scenario } from "./scenarios.ts";
import type { TokenState } from "./token-state.ts";

/** Where a page's script fetches the token of whoever is signed in to the shop. */
export const tokenAddress = (scenario: Scenario, state: TokenState): string =>
  `/token?page=${scenario.slug}${state === "valid" ? "" : `&token=${state}`}`;

/** What the page adds to the snippet, or nothing. */
export function scenarioScript(scenario: Scenario, state: TokenState): string {
  if (scenario.handover === "getAuthCode") return `<script>\n${pageFile("auth-code.js").trim()}\n</script>`;
  if (scenario.handover !== "getToken") return "";
  return `<script>
  Messenger.registerPlugin("AuthProvider", {
    async getToken({ reason, signal }) {
      const response = await fetch(${JSON.stringify(tokenAddress(scenario, state))}, { signal });
      return response.ok ? response.json() : null; // null: nobody is signed in to the shop
    },
  });
</script>`;
}
