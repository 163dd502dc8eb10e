import type { Draft } from "./draft";
import { type Kind, nameTaken, pascalCase } from "./names";
import { STACKS } from "./platform";
import { type Node, nameOf, noPlaceIn, property, Source } from "./source";

/** Registers a stack in each environment: below the last one there, with the properties of one of its kind. */
export function registerStack(draft: Draft, kind: Kind, name: string): void {
  const source = new Source(STACKS, draft.read(STACKS));
  const className = `${pascalCase(name)}Stack`;
  if (source.importedNames().includes(className)) throw nameTaken(kind, name, STACKS);
  const keys = (props: Node) => (props.properties as readonly Node[]).map(({ key }) => nameOf(key)).join();
  const model = source.all("NewExpression").find(({ arguments: given }) => {
    const [, props] = given as readonly Node[];
    if (props?.type !== "ObjectExpression" || !property(props, "environment")) return false;
    return (
      keys(props) === (kind === "service" ? "platform,environment,promotedFrom" : "platform,environment")
    );
  });
  const statement = model && lastStatementWith(source, model);
  if (!model || !statement) {
    const props = `platform, environment${kind === "service" ? ", promotedFrom: environments[index - 1]" : ""}`;
    throw noPlaceIn(
      STACKS,
      `stack of each environment, new …(app, { ${props} })`,
      `import { ${className} } from "./${name}";\nnew ${className}(app, { ${props} });`,
    );
  }
  const args = (model.arguments as readonly Node[]).map((argument) => source.textOf(argument)).join(", ");
  source.addBelow(statement, `new ${className}(${args});`);
  source.addImport(className, `./${name}`);
  draft.change(STACKS, source.text);
}

/** The last statement of the block in which a stack is made. */
function lastStatementWith(source: Source, node: Node): Node | undefined {
  const around = source
    .all("BlockStatement")
    .filter(({ start, end }) => start < node.start && node.end < end)
    .at(-1);
  return (around?.body as readonly Node[] | undefined)?.at(-1);
}
