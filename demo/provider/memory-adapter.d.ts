/** The package's own storage in memory, which it warns about where it is chosen by default. */
declare module "oidc-provider/lib/adapters/memory_adapter.js" {
  import type { AdapterConstructor } from "oidc-provider";

  export function createMemoryAdapter(clockToleranceSeconds: number): AdapterConstructor;
}
