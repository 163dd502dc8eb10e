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

/** A resource in a plan. */
export interface RawResourceChange {
  readonly address: string;
  readonly previous_address?: string;
  readonly module_address?: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly index?: string | number;
  readonly provider_name?: string;
  readonly deposed?: string;
  readonly change: RawChange;
  readonly action_reason?: string;
}

/** What happens to a value. */
export interface RawChange {
  readonly actions: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: readonly (readonly (string | number)[])[];
  readonly importing?: { readonly id?: string; readonly identity?: unknown; readonly unknown?: boolean };
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
