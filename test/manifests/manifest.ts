import { parseAllDocuments } from "yaml";

/** What YAML and JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One object of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Json;
  readonly data?: Json;
  readonly status?: Json;
}

/** Reads a stream of YAML documents as Kubernetes does: as YAML 1.1, where an unquoted `yes` is a boolean. */
export function parse(text: string): readonly Manifest[] {
  return [...parseAllDocuments(text, { version: "1.1", uniqueKeys: true })].flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const value: unknown = document.toJS();
    return isManifest(value) ? [value] : [];
  });
}

function isManifest(value: unknown): value is Manifest {
  return typeof value === "object" && value !== null && "kind" in value && "metadata" in value;
}

/** The one object of a kind. */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} objects of kind ${kind}`);
  return first;
}

/** The one object of a kind and name. */
export function named(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  return only(
    manifests.filter(({ metadata }) => metadata.name === name),
    kind,
  );
}

/** The one object that runs pods: a Deployment, or the Rollout in its place. */
export function workload(manifests: readonly Manifest[]): Manifest {
  return only(manifests, manifests.some(({ kind }) => kind === "Rollout") ? "Rollout" : "Deployment");
}

/** What lies at a path, e.g. `spec.template.spec.containers.0.image`; undefined where nothing does. */
export function at(value: unknown, path: string): Json | undefined {
  return path.split(".").reduce<unknown>(child, value) as Json | undefined;
}

function child(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** What lies at a path, as a list; empty where nothing does. */
export function list(value: unknown, path: string): readonly Json[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** A copy with one value changed, or removed by undefined: how a test plants a fault. */
export function changed(manifest: Manifest, path: string, value: Json | undefined): Manifest {
  const copy = structuredClone(manifest);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.reduce<unknown>(child, copy);
  if (typeof parent !== "object" || parent === null) throw new Error(`nothing lies at ${path}`);
  if (value !== undefined) Object.assign(parent, { [last]: value });
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent, last);
  return copy;
}

/**
 * Whether the server serves the kinds of every definition in a list. `kubectl wait` fails on one that it has only just
 * taken, whose conditions are null.
 */
export function areEstablished(definitions: Json): boolean {
  return list(definitions, "items").every((definition) =>
    list(definition, "status.conditions").some(
      (condition) => at(condition, "type") === "Established" && at(condition, "status") === "True",
    ),
  );
}
