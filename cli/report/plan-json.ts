import type { Json } from "../input/json";

/**
 * What Groundplan reads of a plan in Terraform's JSON. Everything is optional: an unfinished plan, an older
 * or a newer Terraform, or OpenTofu may leave it out.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
 */
export interface PlanJson {
  readonly resource_changes?: readonly ResourceChangeJson[];

  /** What changed outside of Terraform since the last apply. */
  readonly resource_drift?: readonly ResourceChangeJson[];
  readonly output_changes?: Readonly<Record<string, ChangeJson>>;
  readonly errored?: boolean;
}

/** A resource and what happens to it. */
export interface ResourceChangeJson {
  readonly address: string;

  /** Its address before a `moved` block. */
  readonly previous_address?: string;
  readonly mode?: string;
  readonly type: string;
  readonly change: ChangeJson;

  /** Why it is replaced or deleted, e.g. `replace_because_cannot_update`. */
  readonly action_reason?: string;
}

/** Before and after, with marks of the same shape that say what is secret and what is not yet known. */
export interface ChangeJson {
  readonly actions: readonly string[];
  readonly before?: Json;
  readonly after?: Json;
  readonly after_unknown?: Json;
  readonly before_sensitive?: Json;
  readonly after_sensitive?: Json;

  /** Paths of the attributes that force a replacement. */
  readonly replace_paths?: readonly (readonly (string | number)[])[];
  readonly importing?: { readonly id?: string };
}
