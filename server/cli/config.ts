import { configurationPath } from "../config/environment.ts";
import { loadConfig } from "../config/load.ts";
import { type Console, UsageError } from "./console.ts";

/** Checks the configuration as the server would at start. @throws ConfigurationError with every fault */
export async function checkConfig(action: string, path: string | undefined, console: Console): Promise<void> {
  if (action !== "check") throw new UsageError(`config ${action}: expected config check.`);
  const found = path ?? configurationPath(console.env);
  const config = await loadConfig(found, console.env);
  for (const warning of config.warnings) console.remark(`warning: ${warning}`);
  const [communities, deployments] = [config.communities.size, config.deployments.size];
  console.print(
    `${found ?? "No configuration file"}: correct; communities: ${communities}, deployments: ${deployments}\n`,
  );
}
