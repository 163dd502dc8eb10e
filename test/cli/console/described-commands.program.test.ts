import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import {
  addDescribed,
  type DescribedCommand,
  describeCommand,
  describedCommands,
} from "../../../cli/console/described-commands";
import { temporaryFolder } from "../../temporary-folder";
import { build } from "../groundplan";

const ROOT = join(__dirname, "..", "..", "..");

/** A command line with every kind of argument and option. */
function sample(): Command {
  const program = new Command("sample");
  program
    .command("fetch")
    .summary("fetch it")
    .description("Fetches it.")
    .argument("<what>", "what is fetched")
    .argument("[more...]", "and what else")
    .addOption(new Option("-f, --format <format>", "how").choices(["text", "json"]).default("text"))
    .addOption(new Option("-c, --concurrency <number>", "how many").default(2, "the processors"))
    .addOption(new Option("--secret", "not shown").hideHelp())
    .option("--no-cache", "fetch anew")
    .addHelpText("after", "\nExamples:\n  $ sample fetch it");
  const group = program.command("group").summary("a group").description("A group.");
  group.command("one").summary("the first").description("The first.");
  return program;
}

/** The help of a command and of those below it. */
const helps = (command: Command): readonly string[] => {
  const lines: string[] = [];
  command.configureOutput({ writeOut: (text) => lines.push(text) }).outputHelp();
  return [lines.join(""), ...command.commands.flatMap(helps)];
};

test("a command that is made of its description has the same help", () => {
  const command = new Command("sample");

  addDescribed(command, describeCommand(sample()), async () => undefined);

  expect(helps(command)).toEqual(helps(sample()));
});

test("a description without a default is another help: planted fault", () => {
  const described = describeCommand(sample());
  const commands = described.commands.map((one) => ({
    ...one,
    options: one.options.map(({ flags, description }) => ({ flags, description })),
  }));
  const command = new Command("sample");

  addDescribed(command, { ...described, commands }, async () => undefined);

  expect(helps(command)).not.toEqual(helps(sample()));
});

test("without a file that can be read there is no description", () => {
  const folder = temporaryFolder("described");
  writeFileSync(join(folder, "half.json"), '{ "name": ');

  expect(describedCommands(join(folder, "none.json"))).toBeUndefined();
  expect(describedCommands(join(folder, "half.json"))).toBeUndefined();
  rmSync(folder, { recursive: true });
});

test("the package's own description names its commands", () => {
  const own = describedCommands(join(ROOT, "cli", "commands.json")) as DescribedCommand;

  expect(own.commands.map(({ name }) => name)).toEqual(expect.arrayContaining(["plan", "apply", "state"]));
  expect(own.commands.find(({ name }) => name === "plan")?.options.map(({ flags }) => flags)).toContain(
    "-b, --base <ref>",
  );
});

/** Options of a command, and of those below it, whose default is a number that nobody writes so: milliseconds, bytes. */
const machineNumbers = ({ name, options, commands }: DescribedCommand): readonly string[] => [
  ...options
    .filter(({ default: standard = "" }) => /^\d{5,}$/.test(standard))
    .map(({ flags }) => `${name} ${flags}`),
  ...commands.flatMap(machineNumbers),
];

test("a default is shown as one would write it: 1h, and not 3600000", () => {
  const own = describedCommands(join(ROOT, "cli", "commands.json")) as DescribedCommand;
  const wrong = new Command("wrong").option("--since <time>", "how far back", Number, 3_600_000);
  const right = wrong.command("right").addOption(new Option("--since <time>").default(3_600_000, "1h"));

  expect(machineNumbers(own)).toEqual([]);
  expect(machineNumbers(describeCommand(wrong))).toEqual(["wrong --since <time>"]);
  expect(machineNumbers(describeCommand(right))).toEqual([]);
});

describe("what a start loads", () => {
  beforeAll(build);

  /** Packages and own files that are loaded when a command line is made for some arguments. */
  function loadedFor(call: string): readonly string[] {
    const script = `
      const main = require(process.argv[1]);
      Promise.resolve(main.${call}).then(() => console.log(JSON.stringify(Object.keys(require.cache))));`;
    const args = ["-e", script, join(ROOT, "cli", "dist", "main.js")];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as string[];
  }

  /** The list of commands says how each is loaded, and loads none. */
  const heavy = (files: readonly string[]) =>
    files
      .filter((file) => !file.endsWith("/cli/dist/commands/index.js"))
      .filter((file) =>
        /node_modules\/(?:@aws-sdk|@smithy|@octokit|@sinclair|ajv|execa|esbuild|yaml)\/|\/cli\/dist\/(?:commands|plan|state|terraform)\//.test(
          file,
        ),
      );

  test("a press of the key for completion loads no engine", () => {
    const loaded = heavy(loadedFor('programFor(["complete", "--", "plan", ""])'));

    expect(loaded.map((file) => file.split("/").at(-1))).toEqual(["completion.js"]);
  });

  test.each(['["--help"]', '["plan", "--help"]', '["no-such-command"]', "[]"])(
    "programFor(%s) loads no command, and no AWS SDK",
    (args) => expect(heavy(loadedFor(`programFor(${args})`))).toEqual([]),
  );

  test("a command that is run is loaded, alone", () => {
    const loaded = heavy(loadedFor('programFor(["lock", "--check"])')).filter((file) =>
      file.includes("/dist/commands/"),
    );

    expect(loaded.map((file) => file.split("/").at(-1))).toEqual(["lock.js"]);
  });

  test("a start that loads all commands is found: planted fault", () => {
    expect(
      heavy(loadedFor("program([])")).filter((file) => file.includes("@aws-sdk")).length,
    ).toBeGreaterThan(0);
  });
});
