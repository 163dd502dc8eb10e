import type { PlanJson } from "./plan-json";

/** Terraform's plan JSON as `terraform show -json` prints it: with secrets in clear, so it never leaves the process. */
export interface RawPlan extends PlanJson {
  readonly planned_values?: RawValues;
  readonly prior_state?: { readonly values?: RawValues };
  readonly variables?: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly configuration?: {
    readonly root_module?: {
      readonly variables?: Readonly<Record<string, { readonly sensitive?: boolean }>>;
    };
  };
}

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
