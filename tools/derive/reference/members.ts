import { type Declaration, docOf, type SourceFile } from "./sources";

/** A property of an interface or of a class. */
export interface Property {
  readonly name: string;

  /** Type as the source writes it, without `readonly`. */
  readonly type: string;

  /** What the type is, when it is an object of properties that are known. */
  readonly typeNode: TypeNode | undefined;
  readonly isOptional: boolean;
  readonly doc: string;

  /** Where the type is written. */
  readonly file: SourceFile;
}

/** A method of a class. */
export interface Method {
  readonly name: string;

  /** How it is called, e.g. `grantPull(grantee)`. */
  readonly call: string;
  readonly doc: string;
}

type InterfaceNode = Extract<Declaration["node"], { type: "TSInterfaceDeclaration" }>;
type ClassNode = Extract<Declaration["node"], { type: "ClassDeclaration" }>;
type Member = InterfaceNode["body"]["body"][number];
export type TypeNode = Extract<Declaration["node"], { type: "TSTypeAliasDeclaration" }>["typeAnnotation"];
type Heritage = NonNullable<InterfaceNode["extends"]>[number];

/** The properties of an interface with those that it extends; of an alias of a type that has some. */
export function propertiesOf(declaration: Declaration): readonly Property[] {
  const { node, file } = declaration;
  if (node.type === "TSTypeAliasDeclaration") return propertiesOfType(node.typeAnnotation, file);
  if (node.type !== "TSInterfaceDeclaration") return [];
  const inherited = (node.extends ?? []).flatMap((one) => inheritedFrom(one, file));
  const own = node.body.body.flatMap((member) => propertyOf(member, file));
  return [...inherited.filter(({ name }) => !own.some((other) => other.name === name)), ...own];
}

/** The properties of a type; none when it is not an object whose properties are known. */
export function propertiesOfType(type: TypeNode | undefined, file: SourceFile): readonly Property[] {
  switch (type?.type) {
    case "TSTypeLiteral":
      return type.members.flatMap((member) => propertyOf(member, file));
    case "TSIntersectionType":
      return type.types.flatMap((one) => propertiesOfType(one, file));
    case "TSTypeReference": {
      const name = type.typeName.type === "Identifier" ? type.typeName.name : "";
      const [first, second] = type.typeParameters?.params ?? [];
      if (name === "Omit" || name === "Pick") {
        const names = new Set(file.textOf(second ?? {}).match(/\w+/g));
        return propertiesOfType(first, file).filter((one) => names.has(one.name) === (name === "Pick"));
      }
      if (name === "Partial")
        return propertiesOfType(first, file).map((one) => ({ ...one, isOptional: true }));
      const found = file.find(name);
      return found ? propertiesOf(found) : [];
    }
    default:
      return [];
  }
}

function inheritedFrom({ expression, typeParameters }: Heritage, file: SourceFile): readonly Property[] {
  const name = expression.type === "Identifier" ? expression.name : "";
  const reference = { type: "TSTypeReference", typeName: { type: "Identifier", name }, typeParameters };
  return propertiesOfType(reference as TypeNode, file);
}

function propertyOf(member: Member, file: SourceFile): readonly Property[] {
  if (member.type !== "TSPropertySignature" || member.key.type !== "Identifier") return [];
  const typeNode = member.typeAnnotation?.typeAnnotation;
  return [
    {
      name: member.key.name,
      type: file.textOf(typeNode ?? {}),
      typeNode,
      isOptional: member.optional === true,
      doc: docOf(member),
      file,
    },
  ];
}

/** The chain of a class and those that it extends in this repository; the last one's base is of another package. */
function familyOf(declaration: Declaration): readonly (Declaration & { readonly node: ClassNode })[] {
  const { node, file } = declaration;
  if (node.type !== "ClassDeclaration") return [];
  const base = node.superClass?.type === "Identifier" ? file.find(node.superClass.name) : undefined;
  return [{ ...declaration, node }, ...(base ? familyOf(base) : [])];
}

/** Whether a declaration is a class of constructs. */
export function isConstruct(declaration: Declaration): boolean {
  const superClass = familyOf(declaration).at(-1)?.node.superClass;
  return superClass?.type === "Identifier" && superClass.name === "Construct";
}

/** The names and the types of what a construct is made with: its scope, its id, and its properties. */
export function constructorOf(declaration: Declaration): readonly Property[] {
  for (const { node, file } of familyOf(declaration)) {
    const made = node.body.body.find((one) => one.type === "ClassMethod" && one.kind === "constructor");
    if (made?.type !== "ClassMethod") continue;
    return made.params.map((param) => {
      const target = param.type === "TSParameterProperty" ? param.parameter : param;
      const annotation = "typeAnnotation" in target ? target.typeAnnotation : undefined;
      const typeNode = annotation?.type === "TSTypeAnnotation" ? annotation.typeAnnotation : undefined;
      const name = target.type === "Identifier" ? target.name.replace(/^given$/, "props") : "props";
      return { name, type: file.textOf(typeNode ?? {}), typeNode, isOptional: false, doc: "", file };
    });
  }
  return [];
}

/** What a class shows: its properties and its methods, with those of the classes that it extends. */
export function shownOf(declaration: Declaration): {
  readonly properties: readonly Property[];
  readonly methods: readonly Method[];
} {
  const properties = new Map<string, Property>();
  const methods = new Map<string, Method>();
  for (const { node, file } of familyOf(declaration)) {
    for (const member of node.body.body) {
      if (member.type !== "ClassMethod" && member.type !== "ClassProperty") continue;
      if (member.key.type !== "Identifier" || (member.accessibility ?? "public") !== "public") continue;
      const { name } = member.key;
      const doc = docOf(member);
      if (member.type === "ClassMethod" && member.kind === "method") {
        const params = member.params.map((param) =>
          param.type === "Identifier" ? param.name : file.textOf(param),
        );
        const prefix = member.static ? `${declaration.name}.` : "";
        if (!methods.has(name))
          methods.set(name, { name, call: `${prefix}${name}(${params.join(", ")})`, doc });
      } else if (member.type === "ClassProperty" || member.kind === "get") {
        const annotation = member.type === "ClassProperty" ? member.typeAnnotation : member.returnType;
        const typeNode = annotation?.type === "TSTypeAnnotation" ? annotation.typeAnnotation : undefined;
        const type = file.textOf(typeNode ?? {});
        if (!properties.has(name))
          properties.set(name, { name, type, typeNode, isOptional: false, doc, file });
      }
    }
  }
  return { properties: [...properties.values()], methods: [...methods.values()] };
}
