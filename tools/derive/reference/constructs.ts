import { readdirSync } from "node:fs";
import { join } from "node:path";
import { code, defaultOf, page, plain, prose, summary, table } from "./markdown";
import {
  constructorOf,
  isConstruct,
  type Property,
  propertiesOf,
  propertiesOfType,
  shownOf,
} from "./members";
import { type Declaration, Sources } from "./sources";

const PACKAGE = "@groundplan/modules";

/** A folder of the package with what it exports. */
interface Folder {
  readonly name: string;
  readonly constructs: readonly Declaration[];
  readonly types: readonly Declaration[];
  readonly functions: readonly Declaration[];
}

/** A page for each folder of `@groundplan/modules`, and one that lists them, by their names. */
export function constructPages(modules: string): ReadonlyMap<string, string> {
  const folders = foldersOf(modules);
  return new Map([
    ["README.md", indexPage(folders)],
    ...folders.map((folder): [string, string] => [`${folder.name}.md`, folderPage(folder)]),
  ]);
}

function foldersOf(modules: string): readonly Folder[] {
  const sources = new Sources({ [PACKAGE]: modules });
  const names = readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(?:dist|node_modules)$/.test(entry.name))
    .map(({ name }) => name)
    .sort();
  return names.map((name) => {
    const exported = sources.file(join(modules, name))?.exports() ?? [];
    const all = [...new Map(exported.map((one) => [one.name, one])).values()];
    const byName = all.sort((one, other) => (one.name < other.name ? -1 : 1));
    const constructs = byName.filter(isConstruct);
    const props = new Set(constructs.flatMap((one) => propsOf(one)?.type ?? []));
    return {
      name,
      constructs,
      types: byName.filter(
        (one) => /Interface|Alias|Class/.test(one.node.type) && !isConstruct(one) && !props.has(one.name),
      ),
      functions: byName.filter(({ node }) => node.type === "FunctionDeclaration"),
    };
  });
}

function indexPage(folders: readonly Folder[]): string {
  const rows = folders.map(({ name, constructs, functions }) => {
    const list = constructs.map((one) => `[\`${one.name}\`](${name}.md#${one.name.toLowerCase()})`);
    return [`[\`${PACKAGE}/${name}\`](${name}.md)`, list.join(", ") || `${functions.length} functions`];
  });
  return page("# Constructs", table(["import from", "constructs"], rows));
}

function folderPage({ name, constructs, types, functions }: Folder): string {
  return page(
    `# \`${PACKAGE}/${name}\``,
    "[All folders](README.md)",
    ...constructs.flatMap((one) => constructParts(one, name)),
    ...(types.length > 0 ? ["## Types"] : []),
    ...types.flatMap(typeParts),
    ...(functions.length > 0 ? ["## Functions"] : []),
    table(
      ["function", "what it gives"],
      functions.map((one) => [code(callOf(one)), summary(one.doc)]),
    ),
  );
}

/** The properties that a construct is made with: its third parameter, after the scope and the id. */
function propsOf(construct: Declaration): Property | undefined {
  return constructorOf(construct).at(2);
}

function constructParts(construct: Declaration, folder: string): readonly string[] {
  const parameters = constructorOf(construct);
  const isAbstract = construct.node.type === "ClassDeclaration" && construct.node.abstract === true;
  const props = parameters.flatMap(({ typeNode, file }) => propertiesOfType(typeNode, file));
  const made = `new ${construct.name}(${parameters.map(({ name }) => name).join(", ")})`;
  return [
    `## ${construct.name}`,
    plain(prose(construct.doc)),
    isAbstract
      ? ""
      : `\`\`\`ts\nimport { ${construct.name} } from "${PACKAGE}/${folder}";\n\n${made};\n\`\`\``,
    propertyTable(props),
    ...classTables(construct),
  ];
}

/** What an instance of a class has, and what it can do. */
function classTables(type: Declaration): readonly string[] {
  const { properties, methods } = shownOf(type);
  return [
    table(
      ["attribute", "type", "what it is"],
      properties.map((one) => [code(one.name), code(one.type), summary(one.doc)]),
    ),
    table(
      ["method", "what it does"],
      methods.map(({ call, doc }) => [code(call), summary(doc)]),
    ),
  ];
}

function typeParts(type: Declaration): readonly string[] {
  const properties = propertiesOf(type);
  const isAlias = type.node.type === "TSTypeAliasDeclaration" && properties.length === 0;
  const text =
    isAlias && type.node.type === "TSTypeAliasDeclaration" ? type.file.textOf(type.node.typeAnnotation) : "";
  return [
    `### ${type.name}`,
    plain(prose(type.doc)),
    text && code(text),
    propertyTable(properties),
    ...classTables(type),
  ];
}

function propertyTable(properties: readonly Property[]): string {
  const rows = properties.map(({ name, type, isOptional, doc }) => [
    code(name),
    code(type),
    isOptional ? (defaultOf(doc) ?? "none") : "required",
    summary(doc),
  ]);
  return table(["property", "type", "default", "what it is"], rows);
}

function callOf({ name, node, file }: Declaration): string {
  if (node.type !== "FunctionDeclaration") return name;
  const params = node.params.map((param) => {
    if (param.type === "Identifier") return param.name;
    if (param.type === "AssignmentPattern" && param.left.type === "Identifier") return `${param.left.name}?`;
    return param.type === "ObjectPattern"
      ? file.textOf(param).replace(/^(\{[^}]*\}).*$/, "$1")
      : file.textOf(param);
  });
  return `${name}(${params.join(", ")})`;
}
