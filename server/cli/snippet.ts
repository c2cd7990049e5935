import type { Appearance } from "../../shared/protocol.ts";
import { snippet as snippetHtml } from "../../shared/snippet.ts";
import { defaultAppearance } from "../config/deployment-settings.ts";
import { configurationPath, readPublicUrl } from "../config/environment.ts";
import { loadConfig } from "../config/load.ts";
import { parseOrigin } from "../config/network-forms.ts";
import { type Console, UsageError } from "./console.ts";

export interface SnippetOptions {
  readonly config: string | undefined;
  readonly url: string | undefined;
}

/** Prints the HTML to paste into the pages of a deployment, both placeholders empty. */
export async function snippet(
  deploymentId: string,
  options: SnippetOptions,
  console: Console,
): Promise<void> {
  const { env } = console;
  const publicUrl = options.url === undefined ? readPublicUrl(env) : parseOrigin(options.url);
  if (publicUrl === undefined)
    throw new UsageError("--url must be an origin such as https://chat.acme.example.");
  const config = await loadConfig(options.config ?? configurationPath(env), env);
  const deployment = config.deployments.get(deploymentId);
  if (!deployment)
    throw new UsageError(
      `There is no deployment ${deploymentId}; configured: ${[...config.deployments.keys()].join(", ") || "none"}.`,
    );
  if (publicUrl === null)
    console.remark("Neither --url nor PUBLIC_URL is set: the snippet is for this machine.");
  console.print(
    snippetHtml({
      publicUrl: publicUrl ?? `http://${env.HOST || "127.0.0.1"}:${env.PORT || "8080"}`,
      deploymentId,
      appearance: changedFrom(defaultAppearance, deployment.appearance),
    }),
  );
}

const changedFrom = (usual: Appearance, own: Appearance): Partial<Appearance> =>
  Object.fromEntries(
    Object.entries(own).filter(
      ([name, value]) => !Object.entries(usual).some(([key, same]) => key === name && same === value),
    ),
  );
