import { Command } from "commander";
import { addSubcommands } from "../../../cli/console/subcommands";

/** A command with two subcommands, and which of them are loaded. */
function group() {
  const parent = new Command("group");
  const loaded: string[] = [];
  const subcommand = (name: string) => async () => {
    loaded.push(name);
    return (command: Command) => void command.command(name);
  };
  return { parent, loaded, all: { list: subcommand("list"), show: subcommand("show") } };
}

test("the subcommand that the arguments name is loaded, and no other", async () => {
  const { parent, loaded, all } = group();
  await addSubcommands(parent, all, "show");
  expect(loaded).toEqual(["show"]);
  expect(parent.commands.map((one) => one.name())).toEqual(["show"]);
});

test.each([undefined, "--help", "shwo", "toString"])(
  "all are loaded in their order for %p",
  async (named) => {
    const { parent, loaded, all } = group();
    await addSubcommands(parent, all, named);
    expect(loaded).toEqual(["list", "show"]);
  },
);
