import { type Static, type TSchema, Type } from "@sinclair/typebox";
import type { Json } from "../input/json";

/** A value of Terraform's: whatever a provider made of it. */
const VALUE = Type.Unsafe<Json>({});

/** A mark of the shape of a value, `true` where it holds. */
const MARK = Type.Unsafe<Json>({});

const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });
const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);

const CHANGE = Type.Object({
  /** E.g. `["delete", "create"]`; later versions may have others. */
  actions: Type.Array(NAME, { minItems: 1 }),
  before: optional(VALUE),
  after: optional(VALUE),

  /** True where a value is known only after the apply. */
  after_unknown: optional(MARK),

  /** True where a value is a secret. */
  before_sensitive: optional(MARK),
  after_sensitive: optional(MARK),

  /** Paths of the attributes that force a replacement. */
  replace_paths: optional(Type.Array(Type.Array(Type.Union([TEXT, Type.Number()])))),
  importing: optional(
    Type.Object({ id: optional(TEXT), identity: optional(VALUE), unknown: optional(Type.Boolean()) }),
  ),
});

const RESOURCE_CHANGE = Type.Object({
  address: NAME,

  /** Its address before a `moved` block. */
  previous_address: optional(TEXT),
  module_address: optional(TEXT),

  /** `managed` or `data`. */
  mode: optional(TEXT),
  type: TEXT,
  name: optional(TEXT),
  index: optional(Type.Union([TEXT, Type.Number()])),
  provider_name: optional(TEXT),
  deposed: optional(TEXT),
  change: CHANGE,

  /** E.g. `replace_because_cannot_update`, `delete_because_no_resource_config`; more in later versions. */
  action_reason: optional(TEXT),
});

/**
 * What Groundplan reads of a plan in Terraform's JSON: the type and the schema by which it is checked. Nearly everything is
 * optional: an unfinished plan, an older or a newer Terraform, or OpenTofu may leave it out, and what is not known is let
 * through.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
 */
export const PLAN_JSON = Type.Object({
  format_version: optional(TEXT),
  terraform_version: optional(TEXT),

  /** When it was planned, ISO 8601. */
  timestamp: optional(TEXT),
  applyable: optional(Type.Boolean()),
  complete: optional(Type.Boolean()),
  errored: optional(Type.Boolean()),
  resource_changes: optional(Type.Array(RESOURCE_CHANGE)),

  /** What changed outside of Terraform since the last apply. */
  resource_drift: optional(Type.Array(RESOURCE_CHANGE)),
  output_changes: optional(Type.Record(Type.String(), CHANGE)),
});

/** As it is read: nobody writes into it. */
type Read<T> = T extends readonly (infer Item)[]
  ? readonly Read<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Json extends T[Key] ? T[Key] : Read<T[Key]> }
    : T;

/** Before and after, with marks of the same shape that say what is secret and what is not yet known. */
export type ChangeJson = Read<Static<typeof CHANGE>>;

/** A resource and what happens to it. */
export type ResourceChangeJson = Read<Static<typeof RESOURCE_CHANGE>>;

/** A plan. */
export type PlanJson = Read<Static<typeof PLAN_JSON>>;
