import type { PlanChange, PlanResourceChange } from "./result";

/** Terraform's plan JSON as `terraform show -json` prints it: with secrets in clear, so it never leaves the process. */
export interface RawPlan {
  readonly format_version?: string;
  readonly terraform_version?: string;
  readonly timestamp?: string;
  readonly applyable?: boolean;
  readonly complete?: boolean;
  readonly errored?: boolean;
  readonly resource_changes?: readonly RawResourceChange[];
  readonly resource_drift?: readonly RawResourceChange[];
  readonly output_changes?: Readonly<Record<string, RawChange>>;
  readonly planned_values?: RawValues;
  readonly prior_state?: { readonly values?: RawValues };
  readonly variables?: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly configuration?: {
    readonly root_module?: {
      readonly variables?: Readonly<Record<string, { readonly sensitive?: boolean }>>;
    };
  };
}

/** A resource in a plan: of the form that is written too, with secrets in clear. */
export type RawResourceChange = PlanResourceChange;

/** What happens to a value, in clear. */
export type RawChange = PlanChange;

/** Values of a state, or of what a plan makes of it. */
export interface RawValues {
  readonly root_module?: RawModule;
  readonly outputs?: Readonly<Record<string, { readonly sensitive?: boolean; readonly value?: unknown }>>;
}

/** Values of a module. */
export interface RawModule {
  readonly resources?: readonly {
    readonly address?: string;
    readonly mode: string;
    readonly type: string;
    readonly values?: unknown;
    readonly sensitive_values?: unknown;
  }[];
  readonly child_modules?: readonly RawModule[];
}
