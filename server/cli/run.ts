import { cac } from "cac";
import packageJson from "../../package.json" with { type: "json" };
import type { Clock } from "../../shared/clock.ts";
import { ConfigurationError, faultLines } from "../config/configuration-error.ts";
import { tokenAlgorithms } from "../identity/keys.ts";
import { NewerSchemaError } from "../store/newer-schema-error.ts";
import { backup } from "./backup/backup.ts";
import { migrate } from "./backup/migrate.ts";
import { restore } from "./backup/restore.ts";
import { check } from "./check.ts";
import { checkConfig } from "./config.ts";
import { type Console, UsageError } from "./console.ts";
import { doctor } from "./doctor/doctor.ts";
import { keygen } from "./keygen.ts";
import { textOption, textOptions } from "./options.ts";
import { snippet } from "./snippet.ts";
import { token } from "./token.ts";

export type ExitCode = 0 | 1 | 2;

/**
 * @param argv the words after the program's name
 * @returns 0 done, or nothing found; 1 not to be done as asked, or something found; 2 bad configuration
 */
export async function run(argv: readonly string[], clock: Clock, console: Console): Promise<ExitCode> {
  try {
    const cli = commands(argv, clock, console);
    // cac takes a lone hyphen for an option without a name.
    const words = argv.filter((word) => word !== "-");
    const { options } = cli.parse(["node", "vouch", ...words], { run: false });
    if (options.help || options.version) return 0;
    if (cli.matchedCommand) {
      // Commands that judge something answer with their judgement.
      return (await cli.runMatchedCommand()) === false ? 1 : 0;
    }
    cli.outputHelp();
    if (argv[0] !== undefined) console.remark(`There is no command ${argv[0]}.`);
    return 1;
  } catch (error) {
    return explain(error, console);
  }
}

function commands(argv: readonly string[], clock: Clock, console: Console) {
  const cli = cac("vouch");
  const text = (name: string) => textOption(argv, name);
  cli
    .command("keygen", "Print a new signing key: private key, public key, JWK set")
    .option("--alg <alg>", tokenAlgorithms.join(", "))
    .option("--kid <id>", "Key id (default: the key's thumbprint)")
    .action(() => keygen({ alg: text("alg"), kid: text("kid") }, console));
  cli
    .command("token", "Sign a Contact JWT for trying things out")
    .option("--key <file>", "What keygen printed, a private key in PEM or JWK, or a shared token")
    .option("--claim <name=value>", "A claim; may stand several times")
    .option("--attribute <name=value>", "An attribute of the contact; may stand several times")
    .option("--prefix <prefix>", "What attributes begin with (default: comm100.)")
    .option("--expires <duration>", "90s, 15m, 1h, 7d (default: 1h)")
    .option("--kid <id>", "Key id (default: the file's)")
    .option("--alg <alg>", "Algorithm (default: the file's)")
    .example("vouch token --key key.json --claim identity=user-123 --attribute name=Ada")
    .action(() =>
      token(
        {
          key: text("key"),
          claims: textOptions(argv, "claim"),
          attributes: textOptions(argv, "attribute"),
          prefix: text("prefix"),
          expires: text("expires"),
          kid: text("kid"),
          alg: text("alg"),
        },
        clock,
        console,
      ),
    );
  cli
    .command(
      "check [token]",
      "What a token is, and every check of its gate, passed or failed, with cause and fix",
    )
    .option("--community <id>", "Community (default: the only one)")
    .option("--nonce <nonce>", "What the page passes beside an ID token")
    .option("--file <file>", "Read the token from a file (- in place of a token: from standard input)")
    .option("--config <file>", "Configuration file (default: VOUCH_CONFIG, else vouch.json)")
    .option("--json", "Print the report as JSON")
    .example("vouch check - --community acme < token.txt")
    .action((given: string | undefined, { json }: { json?: boolean }) =>
      check(
        {
          token: argv.includes("-") ? "-" : given,
          file: text("file"),
          community: text("community"),
          nonce: text("nonce"),
          config: text("config"),
          json: json === true,
        },
        clock,
        console,
      ),
    );
  cli
    .command("doctor", "What stands before production, each with cause and fix")
    .option("--config <file>", "Configuration file (default: VOUCH_CONFIG, else vouch.json)")
    .option("--json", "Print the findings as JSON")
    .action(({ json }: { json?: boolean }) =>
      doctor({ config: text("config"), json: json === true }, clock, console),
    );
  cli
    .command(
      "backup <directory>",
      "Write conversations and attachments into a new directory; the server goes on",
    )
    .option("--url <origin>", "The running server (default: this machine, at PORT)")
    .action((directory: string) => backup(directory, { url: text("url") }, clock, console));
  cli
    .command("restore <directory>", "Put a backup in the place of what stands; the server must be stopped")
    .option(
      "--erasures <file>",
      "Answer of GET /api/v1/admin/erasures: whom to erase again; may stand several times",
    )
    .action((directory: string) =>
      restore(directory, { erasures: textOptions(argv, "erasures") }, clock, console),
    );
  cli
    .command("migrate", "Bring the schema up to date, as the server does when it starts")
    .option("--dry-run", "Say what would be done, try it, and undo it")
    .action(({ dryRun }: { dryRun?: boolean }) => migrate({ dryRun: dryRun === true }, console));
  cli
    .command("snippet <deployment>", "Print the HTML to paste into the pages of a deployment")
    .option("--config <file>", "Configuration file (default: VOUCH_CONFIG, else vouch.json)")
    .option("--url <origin>", "The origin browsers see (default: PUBLIC_URL)")
    .action((deployment: string) =>
      snippet(deployment, { config: text("config"), url: text("url") }, console),
    );
  cli
    .command("config <action>", "config check: every fault of the configuration, with its path")
    .option("--config <file>", "Configuration file (default: VOUCH_CONFIG, else vouch.json)")
    .action((action: string) => checkConfig(action, text("config"), console));
  return cli.help().version(packageJson.version);
}

function explain(error: unknown, console: Console): ExitCode {
  if (error instanceof ConfigurationError) {
    for (const line of faultLines(error.faults)) console.remark(line);
    return 2;
  }
  if (error instanceof NewerSchemaError) {
    console.remark(error.message);
    return 2;
  }
  // cac does not export its error class.
  if (error instanceof UsageError || (error instanceof Error && error.name === "CACError")) {
    console.remark(`${error.message}\nvouch --help shows what there is.`);
    return 1;
  }
  throw error;
}
