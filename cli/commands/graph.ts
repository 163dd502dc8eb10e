import { type Command, Option } from "commander";
import { EXIT_HELP } from "../console/exit-codes";
import { line, paint, say, sayJson, sayText } from "../console/output";
import { type ListedStack, listStacks } from "../list/listed-stacks";
import { mermaid } from "../list/mermaid";
import { treeLines } from "../list/tree";
import { Graph } from "../project/graph";
import { findProject } from "../project/project";
import { chooseStacks } from "../project/select";
import { synthesizeOrRead } from "../project/synthesized";
import { withEnvironments } from "./options";

interface GraphFlags {
  readonly environment?: readonly string[];
  readonly synth: boolean;
  readonly format: "tree" | "mermaid";
  readonly json?: boolean;
}

/** Adds `groundplan graph`. */
export function addGraph(program: Command): void {
  withEnvironments(
    program
      .command("graph")
      .argument("[stacks...]", "names of the stacks, `*` for any text (default: all)")
      .summary("which stack is deployed after which")
      .description(
        "Draws the stacks and what they depend on: CDKTF's dependencies, and what their data sources read of each other.\n\n" +
          "In the tree, below each stack stand those that are deployed after it.",
      ),
  )
    .option("--no-synth", "use what is already synthesized")
    .addOption(
      new Option("-f, --format <format>", "how it is drawn").choices(["tree", "mermaid"]).default("tree"),
    )
    .addOption(new Option("--json", "print it as JSON, with what each stack reads of the others"))
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan graph\n  $ npx groundplan graph --environment dev --format mermaid\n  $ npx groundplan graph --no-synth --json\n${EXIT_HELP}`,
    )
    .action(async (patterns: readonly string[], flags: GraphFlags) => {
      const stacks = await synthesizeOrRead(findProject(), flags.synth, true);
      const names = chooseStacks(stacks, { patterns, environments: flags.environment });
      const listed = listStacks(stacks, names);
      if (flags.json) {
        const graph = new Graph(stacks);
        const edges = listed.flatMap((stack) => edgesOf(stack, graph, names));
        return sayJson({ format: "groundplan.graph", version: 1, stacks: listed, edges });
      }
      if (flags.format === "mermaid") return sayText(mermaid(listed));
      for (const { branches, name, repeated } of treeLines(listed)) {
        say(line`${paint.faint(branches)}${name}${repeated ? paint.faint(" (see above)") : ""}`);
      }
    });
}

/** From what a stack needs to the stack, with what it reads. */
function edgesOf({ name, dependencies }: ListedStack, graph: Graph, names: readonly string[]) {
  return dependencies
    .filter((from) => names.includes(from))
    .map((from) => ({
      from,
      to: name,
      reads: graph.reads(name).flatMap((read) => (read.from === from ? [read.address] : [])),
    }));
}
