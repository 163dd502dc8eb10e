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

const CHECK = Type.Object({
  address: Type.Object({ to_display: optional(TEXT) }),

  /** `pass`, `fail`, `error` or `unknown`; later versions may have others. */
  status: TEXT,
  instances: optional(
    Type.Array(
      Type.Object({
        address: optional(Type.Object({ to_display: optional(TEXT) })),
        status: TEXT,
        problems: optional(Type.Array(Type.Object({ message: TEXT }))),
      }),
    ),
  ),
});

const ACTION_INVOCATION = Type.Object({
  address: NAME,
  lifecycle_action_trigger: optional(
    Type.Object({ triggering_resource_address: optional(TEXT), action_trigger_event: optional(TEXT) }),
  ),
});

const DEFERRED_CHANGE = Type.Object({ reason: optional(TEXT), resource_change: RESOURCE_CHANGE });

const DEFERRED_INVOCATION = Type.Object({ reason: optional(TEXT), action_invocation: ACTION_INVOCATION });

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

  /** Conditions and `check` blocks. */
  checks: optional(Type.Array(CHECK)),

  /** Actions of providers that the apply invokes; since Terraform 1.14. */
  action_invocations: optional(Type.Array(ACTION_INVOCATION)),

  /** What cannot be planned before something else is applied. */
  deferred_changes: optional(Type.Array(DEFERRED_CHANGE)),
  deferred_action_invocations: optional(Type.Array(DEFERRED_INVOCATION)),

  /** Groundplan's own: names of parts of the plan that this version does not know. */
  unknown_parts: optional(Type.Array(TEXT)),

  /** Groundplan's own: Region of the AWS provider, where the configuration says it. */
  region: optional(TEXT),

  /** Groundplan's own: Regions of resources that have another one, by their addresses without keys. */
  regions: optional(Type.Record(Type.String(), TEXT)),

  /** Groundplan's own: which resource refers to which one, as far as a price needs it; addresses without keys. */
  references: optional(Type.Array(Type.Object({ from: NAME, attribute: TEXT, to: NAME }))),

  /** Groundplan's own: warnings that Terraform printed, each with its first line first. */
  warnings: optional(Type.Array(TEXT)),
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

/** A condition or a `check` block, and how it came out. */
export type CheckJson = Read<Static<typeof CHECK>>;

/** An action that the apply invokes. */
export type ActionInvocationJson = Read<Static<typeof ACTION_INVOCATION>>;

/** A plan. */
export type PlanJson = Read<Static<typeof PLAN_JSON>>;
