import type { AuthProvider } from "./auth-provider.ts";

/** The page's own code: what it throws is its own affair and shows in the console. Never rejects. */
export async function callPage(
  provider: AuthProvider | null,
  name: "signIn" | "signOut" | "reAuthenticate",
): Promise<void> {
  try {
    await provider?.[name]?.();
  } catch (error) {
    console.error(error);
  }
}
