import { InputError } from "../input/file";
import { schemaCheck } from "../input/schema";

/** A stack as the manifest of a CDKTF app names it. */
export interface ManifestStack {
  readonly name: string;
  readonly workingDirectory: string;
  readonly synthesizedStackPath: string;
  readonly dependencies?: readonly string[];
}

/** Most stacks of an app. */
const MOST_STACKS = 5_000;

const PATH = { type: "string", minLength: 1, maxLength: 4_096 } as const;

/** A name becomes a part of paths, commands and lines. */
const NAME = {
  type: "string",
  pattern: "^(?!\\.{1,2}$)[^/\\\\\\u0000-\\u001f\\u007f-\\u009f]{1,200}$",
} as const;

const checkShape = schemaCheck<{ readonly stacks: Readonly<Record<string, ManifestStack>> }>({
  type: "object",
  required: ["stacks"],
  properties: {
    stacks: {
      type: "object",
      maxProperties: MOST_STACKS,
      additionalProperties: {
        type: "object",
        required: ["name", "workingDirectory", "synthesizedStackPath"],
        properties: {
          name: NAME,
          workingDirectory: PATH,
          synthesizedStackPath: PATH,
          dependencies: { type: "array", maxItems: MOST_STACKS, items: { type: "string" } },
        },
      },
    },
  },
});

/** The stacks of a manifest. @throws InputError that says what is wrong with it. */
export function stacksOfManifest(manifest: unknown): readonly ManifestStack[] {
  if (typeof manifest !== "object" || manifest === null) throw new InputError("it is not a JSON object");
  const { stacks: named } = manifest as { readonly stacks?: unknown };
  if (typeof named !== "object" || named === null) throw new InputError("it names no stacks");
  const stacks = Object.values(checkShape(manifest).stacks);
  for (const key of ["name", "workingDirectory"] as const) {
    const values = stacks.map((stack) => stack[key]);
    const twice = values.find((value, at) => values.indexOf(value) !== at);
    if (twice !== undefined) throw new InputError(`two stacks have the ${key} ${JSON.stringify(twice)}`);
  }
  const ring = findRing(stacks);
  if (ring) throw new InputError(`stacks depend on each other: ${ring.join(" → ")}`);
  return stacks;
}

/** Names of stacks of which each depends on the next, and the last is the first; undefined when there are none. */
function findRing(stacks: readonly ManifestStack[]): readonly string[] | undefined {
  const dependencies = new Map(stacks.map((stack) => [stack.name, stack.dependencies ?? []]));
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): readonly string[] | undefined => {
    const at = path.indexOf(name);
    if (at >= 0) return [...path.slice(at), name];
    if (done.has(name)) return undefined;
    path.push(name);
    for (const next of dependencies.get(name) ?? []) {
      const ring = visit(next);
      if (ring) return ring;
    }
    path.pop();
    done.add(name);
    return undefined;
  };
  for (const { name } of stacks) {
    const ring = visit(name);
    if (ring) return ring;
  }
  return undefined;
}

const OBJECT = { type: "object" } as const;
const OBJECTS = { type: "object", additionalProperties: OBJECT } as const;

/** Blocks by type and name: Terraform's JSON has a list where there are several of one name. */
const BLOCKS = {
  type: "object",
  additionalProperties: { type: "object", additionalProperties: { type: ["object", "array"] } },
} as const;

/** What of a stack's Terraform JSON is read; Terraform itself checks all of it. */
export const STACK_SCHEMA = {
  type: "object",
  properties: {
    terraform: {
      type: "object",
      properties: {
        backend: OBJECTS,
        cloud: OBJECT,
        required_providers: {
          type: "object",
          additionalProperties: {
            type: ["object", "string"],
            properties: { source: { type: "string" }, version: { type: "string" } },
          },
        },
      },
    },
    provider: {
      type: "object",
      additionalProperties: { type: ["object", "array"], items: OBJECT },
    },
    resource: BLOCKS,
    data: BLOCKS,
    output: OBJECTS,
  },
} as const;
