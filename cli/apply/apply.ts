import { holdResult } from "../plan/directory";
import { identityOf, warmUp } from "../plan/plan";
import { walk } from "../plan/schedule";
import { WorkFolder } from "../process/work-folder";
import type { BoardLine } from "../progress/board";
import { withBoard } from "../progress/board";
import { Graph } from "../project/graph";
import type { Stack } from "../project/project";
import { ProviderPool } from "../terraform/provider/pool";
import { Journal } from "./journal";
import type { ApplyProps } from "./props";
import type { ApplyRun } from "./result";
import { Step } from "./step";

/**
 * Applies stacks environment by environment, upstream first. Each is planned afresh, and applied when that plan
 * does nothing that was not reviewed.
 *
 * How far it is stands in the world and not in a note: a run after one that was killed plans again, and does
 * what is left.
 */
export async function applyAll(props: ApplyProps): Promise<ApplyRun> {
  const graph = new Graph(props.stacks);
  const chosen = graph.ordered.filter(({ name }) => props.names.includes(name));
  await holdResult(props.setting.project, props.result);
  const journal = new Journal(props, await identityOf(props.setting.project), chosen, graph);
  await WorkFolder.during(props.setting.project, (work) =>
    withBoard(
      chosen.map(({ name }) => name),
      async (lineOf) => {
        const { setting, concurrency } = props;
        const lines = new Map(chosen.map(({ name }) => [name, lineOf(name)]));
        const line = (name: string) => lines.get(name) as BoardLine;
        const providers = props.shareProvider
          ? new ProviderPool({ setting, stacks: chosen, concurrency })
          : undefined;
        try {
          const init = await warmUp({ stacks: chosen, setting, work, line, concurrency, providers });
          for (const [index, environment] of props.environments.entries()) {
            const own = chosen.filter((stack) => (stack.environment ?? "") === environment);
            const obstacle = props.environments.slice(0, index).find((earlier) => !journal.stands(earlier));
            await walk({
              names: own.map(({ name }) => name),
              upstream: (name) => graph.upstream(name),
              concurrency,
              visit: (name) => {
                const stack = own.find((one) => one.name === name) as Stack;
                const step = { props, graph, journal, work, init, providers, line: line(name) };
                return new Step(stack, step).run(obstacle);
              },
            });
          }
        } finally {
          await providers?.close();
        }
      },
      props.quiet,
    ),
  );
  return journal.end();
}
