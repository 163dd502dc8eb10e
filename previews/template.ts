import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { SynthError } from "@groundplan/modules/core";
import type { Static, TObject, TProperties } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { PreviewInput } from "./input";
import type { PreviewParts } from "./output";
import type { Preview } from "./preview";

/** What a template says of itself. */
interface TemplateHead<P extends TProperties> {
  /** What it makes, in a sentence: `groundplan preview template list` shows it. */
  readonly summary: string;

  /** What it takes from `.idp/config.yml`; a key that is not optional must be there. */
  readonly parameters: TObject<P>;
}

/** A kind of preview: it composes constructs, and says what it made. */
export interface Template {
  /** What it makes, in a sentence. */
  readonly summary: string;

  /** Makes the parts of a preview. @throws SynthError when a parameter is missing or wrong. */
  readonly make: (preview: Preview) => PreviewParts;
}

/**
 * A template: one file in `previews/templates/`, whose name is the template's, exports it as default.
 *
 * @example
 * export default template(
 *   { summary: "An HTTP service.", parameters: Type.Pick(CONFIG, ["container_port"]) },
 *   (preview, { container_port }) => ({ service: preview.service({ port: container_port }) }),
 * );
 */
export function template<P extends TProperties>(
  { summary, parameters }: TemplateHead<P>,
  compose: (preview: Preview, parameters: Static<TObject<P>>) => PreviewParts,
): Template {
  return { summary, make: (preview) => compose(preview, given(preview.input, parameters)) };
}

function given<P extends TProperties>({ config, template: name }: PreviewInput, schema: TObject<P>) {
  const { parameters = {}, ...common } = config;
  const unknown = Object.keys(parameters).filter((key) => !Object.hasOwn(schema.properties, key));
  const all: Readonly<Record<string, unknown>> = { ...common, ...parameters };
  const values: unknown = Object.fromEntries(
    Object.keys(schema.properties).flatMap((key) => (all[key] === undefined ? [] : [[key, all[key]]])),
  );
  if (unknown.length === 0 && Value.Check(schema, values)) return values;
  throw new SynthError(`template ${name}`, [
    ...unknown.map((key) => ({
      what: `parameters.${key} is not a parameter of this template`,
      instead: `use one of ${Object.keys(schema.properties).join(", ")}`,
    })),
    ...[...Value.Errors(schema, values)].map(({ path, message }) => ({
      what: `${path.slice(1).replaceAll("/", ".")}: ${message}`,
      instead: "write it into .idp/config.yml",
    })),
  ]);
}

const FOLDER = join(__dirname, "templates");

/** Names of all templates: those of their files. */
export function templateNames(): readonly string[] {
  return readdirSync(FOLDER)
    .flatMap((file) => /^([a-z][a-z0-9-]*)\.[jt]s$/.exec(file)?.[1] ?? [])
    .sort();
}

/** The template of a name. @throws SynthError when there is none. */
export function findTemplate(name: string): Template {
  // The name is a file's only when it is in the list: nothing else is ever loaded.
  if (!existsSync(FOLDER) || !templateNames().includes(name)) {
    const what = `there is no template ${JSON.stringify(name)}`;
    throw new SynthError("previews", [{ what, instead: `use one of ${templateNames().join(", ")}` }]);
  }
  return (require(join(FOLDER, name)) as { readonly default: Template }).default;
}
