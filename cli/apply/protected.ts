import { at, type Json } from "../input/json";
import type { PlanJson, ResourceChangeJson } from "../plan/plan-json";
import { stateStacks } from "../project/backend";
import type { Stack } from "../project/project";
import { deletes } from "../report/action";
import { isStateful } from "../report/risks/stateful";

/** A resource whose destruction needs a thought of its own. */
export interface Protected {
  readonly stack: string;
  readonly address: string;

  /** What protects it, or what is lost with it. */
  readonly why: string;
}

/** What stands against a destroy. */
export interface Protections {
  /** Terraform or AWS refuses to delete these: begun, the destroy would stop half-way. */
  readonly refused: readonly Protected[];

  /** These hold data, or names and addresses that others rely on. */
  readonly held: readonly Protected[];
}

/** Attributes with which AWS refuses a deletion. */
const DELETION_PROTECTIONS = [
  "deletion_protection",
  "deletion_protection_enabled",
  "enable_deletion_protection",
  "termination_protection",
  "disable_api_termination",
] as const;

/** Resources that the code says never to destroy, by stack: Terraform plans no destroy of these. */
export function guardedByCode(stacks: readonly Stack[], names: readonly string[]): readonly Protected[] {
  const chosen = stacks.filter(({ name }) => names.includes(name));
  const guarded = chosen.flatMap(({ name, json }) =>
    Object.entries(json.resource ?? {}).flatMap(([type, blocks]) =>
      Object.entries(blocks).flatMap(([id, block]) =>
        preventsDestroy(block.lifecycle)
          ? [{ stack: name, address: `${type}.${id}`, why: "lifecycle.prevent_destroy is set" }]
          : [],
      ),
    ),
  );
  const states = stateStacks(chosen).map(({ stack, bucketAddress, state }) => ({
    stack: stack.name,
    address: bucketAddress,
    why: `the stack keeps its own state in this bucket, ${state.bucket}, and perhaps others do`,
  }));
  return [...guarded, ...states];
}

function preventsDestroy(lifecycle: unknown): boolean {
  const blocks = Array.isArray(lifecycle) ? lifecycle : [lifecycle];
  return blocks.some((block) => (block as { prevent_destroy?: unknown } | null)?.prevent_destroy === true);
}

/** What a plan destroys and is protected, or holds something. */
export function protectionsOf(plans: ReadonlyMap<string, PlanJson>): Protections {
  const all = [...plans].flatMap(([stack, { resource_changes: resources = [] }]) =>
    resources.filter(isDeleted).map((resource) => ({ stack, resource })),
  );
  return {
    refused: all.flatMap(({ stack, resource }) => {
      const by = protectedBy(resource);
      return by === undefined ? [] : [{ stack, address: resource.address, why: `${by} is on` }];
    }),
    held: all.flatMap(({ stack, resource }) =>
      isStateful(resource.type) ? [{ stack, address: resource.address, why: lossOf(resource) }] : [],
    ),
  };
}

function isDeleted({ mode, change }: ResourceChangeJson): boolean {
  return mode !== "data" && deletes(change.actions);
}

function protectedBy({ change: { before } }: ResourceChangeJson): string | undefined {
  return DELETION_PROTECTIONS.find((name) => {
    const value = at(before as Json, name);
    return value === true || value === "ACTIVE";
  });
}

function lossOf({ type, change: { before } }: ResourceChangeJson): string {
  const isOn = (name: string) => at(before as Json, name) === true;
  if (/^aws_(s3_bucket|s3_directory_bucket|ecr_repository|ecrpublic_repository)$/.test(type)) {
    const forced = isOn("force_destroy") || isOn("force_delete");
    return forced
      ? "deleted with all that is in it"
      : "deleted only if it is empty: else the destroy fails there";
  }
  if (isOn("skip_final_snapshot")) return "deleted with its data, without a final snapshot";
  return "deleted with what it holds";
}
