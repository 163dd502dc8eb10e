import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { inOrder } from "../project/environment";
import { Graph } from "../project/graph";
import { NAMING_FORMS } from "../project/naming";
import type { Stack } from "../project/project";

/** Properties of {@link orderOf}. */
export interface OrderProps {
  /** Every stack of the app. */
  readonly stacks: readonly Stack[];

  /** Names of the stacks to apply. */
  readonly names: readonly string[];

  /** The environments that were asked for, in the order in which they are to be applied. */
  readonly asked: readonly string[] | undefined;

  /** `promotion` of the project's settings. */
  readonly promotion: readonly string[] | undefined;

  /** Names of stacks of which nobody knows whether they are of an environment. */
  readonly unclear: readonly string[];
}

/**
 * The environments of some stacks, in the order in which they are applied; `""` for stacks of none, which come first.
 * An order that nobody has said is not guessed.
 *
 * @throws CliError that says what to write; also when the order is against what the stacks depend on.
 */
export function orderOf(props: OrderProps): readonly string[] {
  const { stacks, names, asked, promotion = [] } = props;
  const chosen = stacks.filter(({ name }) => names.includes(name));
  const found = inOrder([...new Set(chosen.map(environmentOf))].sort(), asked ?? promotion);
  if (!asked) {
    checkClear(chosen, props);
    checkSaid(
      found.filter((name) => name !== ""),
      promotion,
    );
  }
  checkDependencies(new Graph(stacks), chosen, found);
  return found;
}

function environmentOf({ environment = "" }: Stack): string {
  return environment;
}

/** A stack that may be of an environment is not applied beside another one. */
function checkClear(chosen: readonly Stack[], { unclear }: OrderProps): void {
  const names = chosen.map(({ name }) => name).filter((name) => unclear.includes(name));
  if (names.length === 0 || chosen.length === 1) return;
  throw new CliError(
    EXIT.USAGE,
    `which environment is ${names.length === 1 ? "this stack" : "each of these stacks"} of, if of any? ${names.join(", ")}`,
    `say in cdktf.json how names are read, e.g. ${NAMING_FORMS}`,
    "or name the stacks of one environment alone: groundplan apply <stacks...>",
  );
}

function checkSaid(environments: readonly string[], promotion: readonly string[]): void {
  const unsaid = environments.filter((name) => !promotion.includes(name));
  if (environments.length <= 1 || unsaid.length === 0) return;
  const all = inOrder([...new Set([...promotion, ...environments])], promotion);
  throw new CliError(
    EXIT.USAGE,
    promotion.length === 0
      ? `which environment comes first? ${environments.join(", ")}`
      : `"promotion" in cdktf.json does not say when ${unsaid.join(", ")} ${unsaid.length === 1 ? "is" : "are"} applied`,
    `write their order into cdktf.json, e.g. "groundplan": {"promotion": ${JSON.stringify(all).replaceAll(",", ", ")}}`,
    `or name them in the order in which they are to be applied, e.g. --environment ${environments.join(" ")}`,
  );
}

/** With an order against the dependencies each stack would wait for one that comes later. */
function checkDependencies(graph: Graph, chosen: readonly Stack[], order: readonly string[]): void {
  for (const stack of chosen) {
    const place = order.indexOf(environmentOf(stack));
    const later = chosen.find(
      (other) => order.indexOf(environmentOf(other)) > place && graph.dependsOn(stack.name, other.name),
    );
    if (!later) continue;
    throw new CliError(
      EXIT.USAGE,
      `${stack.name} depends on ${later.name}, which is applied later: ${order.map((name) => name || "(no environment)").join(", ")}`,
      `change the order, or apply ${later.name} and what it depends on first, by its name`,
      `or say in cdktf.json of which environment each of them is, e.g. ${NAMING_FORMS}`,
    );
  }
}
