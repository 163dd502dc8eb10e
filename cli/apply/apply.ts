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
  const ordered = graph.ordered.filter(({ name }) => props.names.includes(name));
  const chosen = props.destroy ? [...ordered].reverse() : ordered;
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
          for (const { own, obstacle } of groupsOf(chosen, props, journal)) {
            await walk({
              names: own.map(({ name }) => name),
              upstream: (name) => (props.destroy ? graph.downstream(name) : graph.upstream(name)),
              concurrency,
              visit: (name) => {
                const stack = own.find((one) => one.name === name) as Stack;
                const step = { props, graph, journal, work, init, providers, line: line(name) };
                return new Step(stack, step).run(obstacle());
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

/** What is done before something else begins. */
interface Group {
  readonly own: readonly Stack[];

  /** A group before that does not stand. */
  readonly obstacle: () => string | undefined;
}

/** The stacks of each environment; all together where they are destroyed, for then the dependencies alone are an order. */
function groupsOf(
  chosen: readonly Stack[],
  { destroy, environments }: ApplyProps,
  journal: Journal,
): readonly Group[] {
  if (destroy) return [{ own: chosen, obstacle: () => undefined }];
  return environments.map((environment, index) => ({
    own: chosen.filter((stack) => (stack.environment ?? "") === environment),
    obstacle: () => environments.slice(0, index).find((earlier) => !journal.stands(earlier)),
  }));
}
