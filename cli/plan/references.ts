import { at, isArray, isObject, type Json } from "../input/json";

/** Types that are referred to, and what refers to them, as far as a price needs it: which tasks a service runs, and so on. */
const FROM: ReadonlySet<string> = new Set([
  "aws_alb",
  "aws_appautoscaling_target",
  "aws_autoscaling_group",
  "aws_ecs_service",
  "aws_eks_node_group",
  "aws_lambda_provisioned_concurrency_config",
  "aws_lb",
  "aws_scheduler_schedule",
  "aws_vpc_endpoint",
]);
const TO: ReadonlySet<string> = new Set([
  "aws_ecs_service",
  "aws_ecs_task_definition",
  "aws_lambda_function",
  "aws_launch_template",
  "aws_subnet",
]);

/** An attribute of one resource that refers to another one: addresses without the keys of `count` and `for_each`. */
export interface Reference {
  readonly from: string;
  readonly attribute: string;
  readonly to: string;
}

/** What a plan says of itself beside what changes, without any value. */
export interface Surroundings {
  /** Region of the AWS provider; none where the configuration leaves it to the environment. */
  readonly region?: string;

  /** Regions of the resources that have another one, by their addresses without keys. */
  readonly regions?: Readonly<Record<string, string>>;
  readonly references?: readonly Reference[];
}

/** Reads the configuration that is a part of Terraform's plan JSON; every part of it may be missing. */
export function surroundingsOf(configuration: unknown, variables: unknown): Surroundings {
  const root = at(configuration, "root_module");
  const providers = at(configuration, "provider_config");
  const regionOf = (key: string) =>
    providerRegion(at(at(at(providers, key), "expressions"), "region"), variables);
  const region = regionOf("aws");
  const regions: [string, string][] = [];
  const references: Reference[] = [];
  for (const { prefix, resource } of resourcesOf(root)) {
    const [type, name] = [at(resource, "type"), at(resource, "name")];
    if (typeof type !== "string" || typeof name !== "string" || at(resource, "mode") === "data") continue;
    const address = `${prefix}${type}.${name}`;
    const key = at(resource, "provider_config_key");
    const other = typeof key === "string" && key !== "aws" ? regionOf(key) : undefined;
    if (other !== undefined && other !== region) regions.push([address, other]);
    if (FROM.has(type)) references.push(...referencesIn(at(resource, "expressions"), prefix, address));
  }
  return {
    ...(region === undefined ? {} : { region }),
    ...(regions.length > 0 ? { regions: Object.fromEntries(regions) } : {}),
    ...(references.length > 0 ? { references } : {}),
  };
}

/** A Region that a provider is given: a text, or a variable. */
function providerRegion(expression: Json | undefined, variables: unknown): string | undefined {
  const constant = at(expression, "constant_value");
  if (typeof constant === "string" && REGION.test(constant)) return constant;
  const references = at(expression, "references");
  const [first] = isArray(references) ? references : [];
  const name = typeof first === "string" ? /^var\.([\w-]+)$/.exec(first)?.[1] : undefined;
  const value = name === undefined ? undefined : at(at(variables, name), "value");
  return typeof value === "string" && REGION.test(value) ? value : undefined;
}

/** A Region's name: nothing else is taken from a configuration. */
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;

interface Placed {
  readonly prefix: string;
  readonly resource: Json;
}

function resourcesOf(module: Json | undefined, prefix = ""): readonly Placed[] {
  const resources = at(module, "resources");
  const calls = at(module, "module_calls");
  const own = isArray(resources) ? resources.map((resource) => ({ prefix, resource })) : [];
  if (!isObject(calls)) return own;
  const below = Object.entries(calls).flatMap(([name, call]) =>
    resourcesOf(at(call, "module"), `${prefix}module.${name}.`),
  );
  return [...own, ...below];
}

function referencesIn(expressions: Json | undefined, prefix: string, from: string): readonly Reference[] {
  if (!isObject(expressions)) return [];
  return Object.entries(expressions).flatMap(([attribute, expression]) =>
    [...new Set(namesIn(expression))].map((name) => ({ from, attribute, to: `${prefix}${name}` })),
  );
}

/** `type.name` of what an expression, or the blocks in it, refers to. */
function namesIn(expression: Json | undefined): readonly string[] {
  if (isArray(expression)) return expression.flatMap(namesIn);
  if (!isObject(expression)) return [];
  const { references } = expression;
  const own = isArray(references) ? references.flatMap((each) => nameIn(each) ?? []) : [];
  const below = Object.entries(expression).flatMap(([key, value]) =>
    key === "references" || key === "constant_value" ? [] : namesIn(value),
  );
  return [...own, ...below];
}

/** `type.name` of a reference such as `aws_subnet.a[0].id`, where a price needs it. */
export function nameIn(reference: Json): string | undefined {
  const [name, type] = (typeof reference === "string" && /^([a-z0-9_]+)\.[\w-]+/.exec(reference)) || [];
  return name !== undefined && type !== undefined && TO.has(type) ? name : undefined;
}

/** Whether what a resource refers to is told. */
export function refers(type: string): boolean {
  return FROM.has(type);
}
