import { Command, Option } from "commander";
import { candidatesFor } from "../../../cli/completion/candidates";
import { describeCommand } from "../../../cli/console/described-commands";

const program = new Command("groundplan").option("--debug", "print the stack of an error");
program
  .command("plan")
  .summary("plan all stacks")
  .argument("[stacks...]", "names")
  .option("-e, --environment <name...>", "only these")
  .option("-r, --result <folder>", "result directory")
  .addOption(new Option("-f, --format <format>", "how").choices(["json", "text"]))
  .option("--no-synth", "use what is there");
const state = program.command("state").summary("states");
state.command("show").summary("show one").argument("<stack>", "name").argument("[version]", "id");
state.command("locks").summary("list locks");

const root = describeCommand(program);
const known = { stacks: ["dev-network", "dev-api", "prod-api"], environments: ["dev", "prod"] };

const complete = (...words: readonly string[]) =>
  candidatesFor(root, words.slice(0, -1), words.at(-1) ?? "", known).map(({ value }) => value);

test.each([
  [[""], ["plan", "state"]],
  [["st"], ["state"]],
  [["--"], ["--debug", "--help"]],
  [
    ["plan", ""],
    ["dev-network", "dev-api", "prod-api"],
  ],
  [["plan", "dev-network", "pr"], ["prod-api"]],
  [["plan", "--e"], ["--environment"]],
  [
    ["plan", "--environment", ""],
    ["dev", "prod"],
  ],
  [["plan", "-e", "dev", "p"], ["prod"]],
  [["plan", "-e", "dev", "--no"], ["--no-synth"]],
  [["plan", "--environment=d"], ["--environment=dev"]],
  [["plan", "--environment", "=", "d"], ["dev"]],
  [
    ["plan", "--environment", "="],
    ["dev", "prod"],
  ],
  [
    ["plan", "--format", ""],
    ["json", "text"],
  ],
  [["plan", "--format", "json", "prod"], ["prod-api"]],
  [
    ["plan", "--no-synth", "--"],
    ["--environment", "--result", "--format", "--help"],
  ],
  [["plan", "--", "dev-a"], ["dev-api"]],
  [
    ["state", ""],
    ["show", "locks"],
  ],
  [["state", "show", "dev-n"], ["dev-network"]],
  [["--debug", "plan", "dev-a"], ["dev-api"]],
])("%j is completed by %j", (words, candidates) => expect(complete(...words)).toEqual(candidates));

test.each([[["plan", "--result", ""]], [["state", "show", "dev-network", ""]], [["no-such", ""]]])(
  "%j has no names: there a file or any text may stand",
  (words) => expect(complete(...words)).toEqual([]),
);

test("a command and an option say what they are for", () => {
  expect(candidatesFor(root, [], "pl", known)).toEqual([{ value: "plan", description: "plan all stacks" }]);
  expect(candidatesFor(root, ["plan"], "--env", known)).toEqual([
    { value: "--environment", description: "only these" },
  ]);
});
