import { Command, CommanderError } from "commander";
import { withPlanning } from "../../../cli/commands/options";

/** What a command gets of its arguments. */
function flags(...args: readonly string[]): Record<string, unknown> {
  const command = withPlanning(new Command("plan"), ".groundplan/plan")
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse([...args], { from: "user" }).opts();
}

test.each(["30s", "5m", "1h30m", "1.5h", "500ms", "0", "0s"])("--lock-timeout %s is a duration", (text) => {
  expect(flags("--lock-timeout", text).lockTimeout).toBe(text);
});

test("what may be given several times shows no empty default in its help", () => {
  const help = withPlanning(new Command("plan"), ".groundplan/plan").helpInformation();

  expect(help).toContain("--var-file <file>");
  expect(help).not.toMatch(/default:\s+\[/);
});

test("a locked state is waited for two minutes when nothing is said", () => {
  expect(flags().lockTimeout).toBe("120s");
});

test.each(["abc", "30", "", " 30s", "30 s", "5min", "1d", "s", "-5m", "30s; ls", "1h 30m"])(
  "--lock-timeout %j is refused before anything is done, with what to write",
  (text) => {
    const run = () => flags(`--lock-timeout=${text}`);

    expect(run).toThrow(CommanderError);
    expect(run).toThrow("use a number with its unit, e.g. 30s, 5m or 1h30m");
  },
);
