import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { code, page, plain, table } from "./markdown";

/** A command as commander knows it. */
interface Command {
  /** With those above it, e.g. `groundplan state list`. */
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly description: string;
  readonly arguments: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly {
    readonly flags: string;
    readonly description: string;
    readonly default?: string;
    readonly choices?: readonly string[];
  }[];

  /** What `--help` adds: examples and exit codes. */
  readonly after: string;
  readonly commands: readonly Command[];
}

/** Runs in a process of its own: the command line is built, and loads packages that have no CommonJS. */
const DESCRIBE = `
const { program } = require(process.argv[1]);
const describe = (command, above) => {
  const name = [...above, command.name()].join(" ");
  const after = [];
  command.emit("afterHelp", { error: false, command, write: (text) => after.push(text) });
  const help = command.createHelp();
  return {
    name,
    usage: help.commandUsage(command),
    summary: command.summary() || command.description(),
    description: command.description(),
    arguments: command.registeredArguments.map((one) => ({ name: help.argumentTerm(one), description: one.description })),
    options: command.options.filter((one) => !one.hidden).map((one) => ({
      flags: one.flags,
      description: one.description,
      choices: one.argChoices,
      default: one.negate ? undefined : one.defaultValueDescription ?? (one.defaultValue === undefined ? undefined : "\`" + JSON.stringify(one.defaultValue) + "\`"),
    })),
    after: after.join(""),
    commands: command.commands.filter((one) => !one._hidden).map((one) => describe(one, [...above, command.name()])),
  };
};
program([]).then((command) => console.log(JSON.stringify(describe(command, []))));
`;

/** Runs in a process of its own for the same reason. */
const DESCRIBE_HELP = `
const { join } = require("node:path");
const dist = process.argv[1];
const { describeCommand } = require(join(dist, "console", "described-commands.js"));
require(join(dist, "main.js")).program([]).then((command) => console.log(JSON.stringify(describeCommand(command), null, 1)));
`;

/** What the command line answers `--help` with, without loading any command. */
export function commandDescription(cli: string): string {
  const dist = join(cli, "dist");
  if (!existsSync(join(dist, "main.js")))
    throw new Error("the command line is not built\n  run: npm run build");
  return execFileSync(process.execPath, ["-e", DESCRIBE_HELP, dist], { encoding: "utf8", maxBuffer: 1e7 });
}

const DESCRIBE_FORMATS = `
const { join } = require("node:path");
console.log(JSON.stringify(require(join(process.argv[1], "formats", "formats.js")).FORMATS));
`;

/** The JSON Schema of what commands print with `--json`, by the name of its file. */
export function formatSchemas(cli: string): ReadonlyMap<string, string> {
  const text = execFileSync(process.execPath, ["-e", DESCRIBE_FORMATS, join(cli, "dist")], {
    encoding: "utf8",
  });
  const where = "https://raw.githubusercontent.com/groundplan/groundplan/main/cli/schemas";
  return new Map(
    Object.entries(JSON.parse(text) as Record<string, object>).map(([name, schema]) => {
      const head = {
        $schema: "http://json-schema.org/draft-07/schema#",
        $id: `${where}/${name}.schema.json`,
      };
      return [`${name}.schema.json`, `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`];
    }),
  );
}

/** A page for each command of the command line, and one that lists them, by their names. */
export function commandPages(cli: string): ReadonlyMap<string, string> {
  const main = join(cli, "dist", "main.js");
  if (!existsSync(main)) throw new Error("the command line is not built\n  run: npm run build");
  const text = execFileSync(process.execPath, ["-e", DESCRIBE, main], { encoding: "utf8", maxBuffer: 1e7 });
  const root = JSON.parse(text) as Command;
  return new Map([
    ["README.md", indexPage(root)],
    ...root.commands.map((command): [string, string] => [`${lastWord(command)}.md`, commandPage(command)]),
  ]);
}

const lastWord = ({ name }: Command): string => name.split(" ").at(-1) ?? "";

function indexPage(root: Command): string {
  const rows = root.commands.map((command) => [
    `[\`${command.name}\`](${lastWord(command)}.md)`,
    plain(command.summary),
    command.commands.map((one) => code(lastWord(one))).join(", "),
  ]);
  return page("# Commands", table(["command", "what it does", "subcommands"], rows), ...parts(root).slice(1));
}

function commandPage(command: Command): string {
  return page(
    `# \`${command.name}\``,
    "[All commands](README.md)",
    ...parts(command),
    ...below(command).flatMap((one) => [`## \`${one.name}\``, ...parts(one)]),
  );
}

/** The commands below a command, at every depth. */
function below({ commands }: Command): readonly Command[] {
  return commands.flatMap((one) => [one, ...below(one)]);
}

function parts({ description, usage, arguments: args, options, after }: Command): readonly string[] {
  const optionRows = options.map((one) => {
    const choices = one.choices ? ` One of ${one.choices.map(code).join(", ")}.` : "";
    return [code(one.flags), `${plain(one.description)}${choices}`, one.default ? plain(one.default) : ""];
  });
  return [
    plain(description),
    `\`\`\`\n${usage}\n\`\`\``,
    table(
      ["argument", "what it is"],
      args.map(({ name, description: text }) => [code(name), plain(text)]),
    ),
    table(["option", "what it does", "default"], optionRows),
    after.trim() === "" ? "" : `\`\`\`\n${after.trim()}\n\`\`\``,
  ];
}
