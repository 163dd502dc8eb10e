import type { Property } from "./members";
import { docOf, type SourceFile } from "./sources";

/**
 * The settings of the add-ons, read from the registry whose rows they are: their type is made from it by the compiler
 * (`SettingsOf<typeof CHART_ADDONS>`), so no interface has them.
 *
 * @param file - one in which the registry's name is known.
 */
export function addonProperties(file: SourceFile): readonly Property[] {
  const registry = file.find("CHART_ADDONS");
  if (registry?.node.type !== "VariableDeclaration")
    throw new Error("modules/addons declares no CHART_ADDONS");
  let value = registry.node.declarations[0]?.init;
  while (value?.type === "TSSatisfiesExpression" || value?.type === "TSAsExpression")
    value = value.expression;
  if (value?.type !== "ObjectExpression")
    throw new Error("CHART_ADDONS is not an object with a row for each add-on");
  return value.properties.flatMap((row) => {
    if (row.type !== "ObjectProperty" || row.key.type !== "Identifier" || row.value.type !== "CallExpression")
      return [];
    const { callee } = row.value;
    const [argument] = row.value.arguments;
    const names = argument?.type === "ObjectExpression" ? argument.properties : [];
    const choices = names.flatMap((one) => ("key" in one ? JSON.stringify(keyOf(one.key)) : []));
    const type = callee.type === "Identifier" ? valueType(callee.name, registry.file) : "";
    return [
      {
        name: row.key.name,
        // A type parameter stands for the names of the add-ons that are given.
        type: type.replace(/^Name\b/, choices.join(" | ")),
        typeNode: undefined,
        isOptional: true,
        doc: docOf(row),
        file: registry.file,
      },
    ];
  });
}

/** The type of what an overlay writes for a row: `Value` of the `ChartRow<Value>` that a function gives. */
function valueType(name: string, file: SourceFile): string {
  const made = file.find(name);
  if (made?.node.type !== "FunctionDeclaration") return "";
  const text = made.file.textOf(made.node.returnType ?? {});
  return /ChartRow<(.*)>$/.exec(text)?.[1] ?? "";
}

function keyOf(key: { readonly type: string; readonly name?: unknown; readonly value?: unknown }): string {
  return String(key.type === "Identifier" ? key.name : key.value);
}
