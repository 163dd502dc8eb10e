/** What of a stack stands in a diagram. */
export interface DiagramStack {
  readonly name: string;
  readonly environment?: string;
  readonly dependencies: readonly string[];
}

/**
 * Stacks as a Mermaid flowchart, which GitHub draws: a box for each environment, and an arrow to what is deployed after.
 *
 * @param stacks - those of one environment stand together.
 */
export function mermaid(stacks: readonly DiagramStack[]): string {
  const ids = new Map(stacks.map(({ name }, at) => [name, `s${at}`]));
  const environments = [...new Set(stacks.map(({ environment }) => environment ?? ""))];
  const node = ({ name }: DiagramStack) => `${ids.get(name)}["${label(name)}"]`;
  const boxes = environments.flatMap((environment, at) => {
    const own = stacks.filter((stack) => (stack.environment ?? "") === environment);
    if (environment === "") return own.map((stack) => `  ${node(stack)}`);
    return [
      `  subgraph e${at}["${label(environment)}"]`,
      ...own.map((stack) => `    ${node(stack)}`),
      "  end",
    ];
  });
  const arrows = stacks.flatMap(({ name, dependencies }) =>
    dependencies.flatMap((one) => (ids.has(one) ? [`  ${ids.get(one)} --> ${ids.get(name)}`] : [])),
  );
  return ["flowchart LR", ...boxes, ...arrows].join("\n");
}

/** A text as Mermaid shows it: what it would read as its own language is written as a code. */
function label(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ./_-]/gu, (sign) => `#${sign.codePointAt(0)};`);
}
