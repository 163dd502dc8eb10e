import { join } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from "yaml";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { nearest } from "../../console/suggest";
import { InputError, readInput } from "../../input/file";
import { decode } from "../../input/json";
import { ttlOf } from "../duration";
import { CONFIG_SCHEMA, type ConfigFile, FARGATE_SIZES } from "./schema";

/** Where a repository says what its previews are, from its root. */
export const CONFIG_FILE = ".idp/config.yml";

/** Largest file that is read, in bytes: 64 KB. */
const LARGEST = 65_536;

/** Deepest nesting that is read; the schema has three levels. */
const DEEPEST = 10;

/** What is wrong at a place of the file. */
export interface ConfigFault {
  /** From 1. */
  readonly line: number;

  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** What a file says: a configuration, or all its faults in the order of the file. */
export type ParsedConfig = { readonly config: ConfigFile } | { readonly faults: readonly ConfigFault[] };

/**
 * Reads the configuration of a repository; empty where it has none.
 *
 * @param root - the repository's root, in which the file has to lie.
 * @throws CliError with every fault, its line and column, and what to write.
 */
export function readConfigFile(root: string, path = CONFIG_FILE): ConfigFile {
  const file = join(root, path);
  let parsed: ParsedConfig;
  try {
    parsed = parseConfig(decode(readInput(file, { bytes: LARGEST, within: root })));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (error.isMissing) return {};
    throw new CliError(EXIT.USAGE, `${path} cannot be read: ${error.message}`, `at ${file}`);
  }
  if ("config" in parsed) return parsed.config;
  const [first, ...rest] = parsed.faults.map(
    ({ line, column, message }) => `${path}:${line}:${column}: ${message}`,
  );
  throw new CliError(EXIT.USAGE, first ?? `${path} is wrong`, ...rest);
}

/** Parses the text of a configuration. Nothing in it is followed, made or called: tags, anchors and aliases are faults. */
export function parseConfig(text: string): ParsedConfig {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    version: "1.2",
    schema: "core",
    uniqueKeys: true,
    logLevel: "silent",
  });
  const at = (offset: number, message: string): ConfigFault => {
    const { line, col } = lines.linePos(Math.max(0, offset));
    return { line: Math.max(1, line), column: Math.max(1, col), message };
  };
  const [document, second] = documents;
  if (!document) return { config: {} };
  if (second)
    return { faults: [at(second.range?.[0] ?? 0, "the file has a second document: write one, without ---")] };
  const broken = [...document.errors, ...document.warnings].map(({ pos: [offset], message }) =>
    at(offset, (message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "")),
  );
  if (broken.length > 0) return { faults: broken };
  const refused: ConfigFault[] = [];
  visit(document, (_, node, path) => {
    if (!isNode(node)) return;
    const place = node.range?.[0] ?? 0;
    if (isAlias(node)) refused.push(at(place, "aliases are not taken: write the value out"));
    else if ("anchor" in node && node.anchor)
      refused.push(at(place, `anchors are not taken: remove &${node.anchor}`));
    if (node.tag !== undefined) refused.push(at(place, "tags are not taken: write the value alone"));
    if (path.length > 2 * DEEPEST) {
      refused.push(at(place, `it is nested more than ${DEEPEST} levels deep`));
      return visit.BREAK;
    }
    return undefined;
  });
  if (refused.length > 0) return { faults: refused };
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return { config: {} };
  if (!isMap(contents)) return { faults: [at(0, "the file has no keys: write e.g. template: api-service")] };
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  const faults = [
    ...faultsOfSchema(value),
    ...faultsOfSize(value),
    ...faultsOfTtl(value),
    ...faultsOfData(value),
  ].map(({ path, isKey, message }) => at(offsetOf(contents, path, isKey), message));
  if (faults.length === 0) return { config: value as ConfigFile };
  return { faults: faults.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** A fault of a value at a path. */
interface ValueFault {
  readonly path: readonly string[];

  /** Whether the key is wrong, and not the value. */
  readonly isKey?: boolean;
  readonly message: string;
}

/** Where a value or its key stands; the nearest above it where it is not there. */
function offsetOf(root: Node, path: readonly string[], isKey = false): number {
  let node: Node = root;
  let offset = root.range?.[0] ?? 0;
  for (const [index, key] of path.entries()) {
    if (!isCollection(node)) return offset;
    if (isMap(node)) {
      const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === key);
      if (!pair) return offset;
      const last = index === path.length - 1;
      const target = last && isKey ? pair.key : (pair.value ?? pair.key);
      if (!isNode(target)) return offset;
      node = target;
    } else {
      const item: unknown = node.items[Number(key)];
      if (!isNode(item)) return offset;
      node = item;
    }
    offset = node.range?.[0] ?? offset;
  }
  return offset;
}

let compiled: ValidateFunction | undefined;

function faultsOfSchema(value: unknown): readonly ValueFault[] {
  compiled ??= new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true }).compile(CONFIG_SCHEMA);
  if (compiled(value)) return [];
  const errors = compiled.errors ?? [];
  // Of a value with several forms, that it has none of them says all; of a map's key, that it is no name.
  const whole = errors.filter(({ keyword }) => keyword === "anyOf").map(({ instancePath }) => instancePath);
  const said = errors.filter(
    ({ instancePath, keyword }) => keyword === "anyOf" || !whole.includes(instancePath),
  );
  const faults = said.filter(({ keyword }) => keyword !== "propertyNames").map(faultOf);
  return [...new Map(faults.map((fault) => [`${fault.path.join("/")} ${fault.message}`, fault])).values()];
}

/** What is read of a schema for its faults. */
interface Described {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, object>>;
}

function faultOf({ instancePath, keyword, params, parentSchema, data }: ErrorObject): ValueFault {
  const path = instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const name = path.join(".");
  const schema = (parentSchema ?? {}) as Described;
  if (keyword === "additionalProperties") {
    const { additionalProperty: key } = params as { readonly additionalProperty: string };
    return { path: [...path, key], isKey: true, message: unknownKey(key, name, schema) };
  }
  if (keyword === "required") {
    const { missingProperty: key } = params as { readonly missingProperty: string };
    return { path, message: `${name} has no ${key}: write e.g. ${written(key, schemaAt([...path, key]))}` };
  }
  const last = path.at(-1) ?? "";
  const described = schema.description === undefined ? schemaAt(path) : schema;
  const example = /^\d+$/.test(last) ? undefined : written(last, described);
  const got = JSON.stringify(data) ?? "nothing";
  return {
    path,
    message: `${name} is ${got.length > 80 ? `${got.slice(0, 77)}…` : got}: ${described.description ?? "it has another form"}${example === undefined ? "" : `; write e.g. ${example}`}`,
  };
}

function unknownKey(key: string, parent: string, { properties }: Described): string {
  const where = parent === "" ? "" : ` of ${parent}`;
  const shown = JSON.stringify(key.slice(0, 100));
  if (!properties)
    return `${shown} is no name of a variable${where}: use letters, digits and underscores, e.g. LOG_LEVEL`;
  const known = Object.keys(properties);
  const [meant] = nearest(key.replaceAll("-", "_").slice(0, 100), known);
  return `there is no key ${shown}${where}: ${meant === undefined ? `use one of ${known.join(", ")}` : `did you mean ${meant}?`}`;
}

/** The schema of a key, as the file's has it. */
function schemaAt(path: readonly string[]): Described {
  let schema: Described & { readonly patternProperties?: object; readonly items?: object } = CONFIG_SCHEMA;
  let described: Described = {};
  for (const key of path) {
    const next = schema.properties?.[key] ?? Object.values(schema.patternProperties ?? {})[0] ?? schema.items;
    if (!next) break;
    schema = next as typeof schema;
    if (schema.description !== undefined) described = schema;
  }
  return described;
}

/** An example as it stands in YAML, on a line. */
function written(key: string, { examples }: Described): string | undefined {
  if (examples?.[0] === undefined) return undefined;
  return `${key}: ${flow(examples[0])}`;
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${flow(inner)}`)
      .join(", ")} }`;
  return String(value);
}

/** Fargate has not every memory for every number of CPU units. */
function faultsOfSize(value: unknown): readonly ValueFault[] {
  const { cpu = 256, memory = cpu === 256 ? 512 : undefined } = value as ConfigFile;
  if (memory === undefined || typeof memory !== "number") return [];
  const sizes = FARGATE_SIZES.get(Number(cpu));
  if (!sizes || sizes.includes(memory)) return [];
  const nearestSize = sizes.find((size) => size >= memory) ?? sizes.at(-1);
  return [
    {
      path: ["memory"],
      message: `memory is ${memory}: Fargate has ${sizes.length > 4 ? `${sizes[0]} to ${sizes.at(-1)}` : sizes.join(", ")} MiB with ${cpu} CPU units; write e.g. memory: ${nearestSize}`,
    },
  ];
}

function faultsOfTtl(value: unknown): readonly ValueFault[] {
  const { ttl } = value as ConfigFile;
  if (typeof ttl !== "string" || !/^[1-9]\d{0,4}[mhdw]$/.test(ttl) || ttlOf(ttl) !== undefined) return [];
  return [
    { path: ["ttl"], message: `ttl is "${ttl}": it lives 15m at least and 90d at most; write e.g. ttl: 7d` },
  ];
}

/** First data is one of two kinds, and needs a database that it reaches. */
function faultsOfData(value: unknown): readonly ValueFault[] {
  const { seed, copy, database, network, template } = value as ConfigFile;
  const key = seed !== undefined ? "seed" : "copy";
  if (seed === undefined && copy === undefined) return [];
  const faults: ValueFault[] = [];
  if (seed !== undefined && copy !== undefined) {
    faults.push({
      path: ["copy"],
      isKey: true,
      message: "seed and copy both fill the database: write one of them",
    });
  }
  // What a template of the team's own has when nothing is said, it says itself.
  if (database === "none" || (database === undefined && template !== "api-database")) {
    faults.push({
      path: [key],
      isKey: true,
      message: `${key} needs a database; write e.g. database: shared`,
    });
  }
  if (copy !== undefined && network === "own") {
    faults.push({
      path: ["copy"],
      isKey: true,
      message: "copy reaches its source from the shared network alone; write network: shared",
    });
  }
  return faults;
}
